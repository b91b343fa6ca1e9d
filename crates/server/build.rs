//! Notes when the viewer was built anew: what is embedded is a folder, which Cargo does not watch.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../../tiles/viewer/dist");
}
