//! Links the system's PROJ, so that one copy of it is in the process: the one GDAL uses.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if let Err(error) = pkg_config::Config::new()
        .atleast_version("9.1")
        .probe("proj")
    {
        println!(
            "cargo:warning=PROJ 9.1 or later was not found ({error}); install libproj-dev (it comes with libgdal-dev)"
        );
        std::process::exit(1);
    }
}
