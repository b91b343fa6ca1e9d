//! Where results are written: as a whole, and never over what they were made of.

use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use wangge_store::Store;

use crate::failure::Failure;

/// Refuses an output that is one of the inputs, by whatever name, or a store.
pub(crate) fn check(output: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    check_named("-o", output, inputs)
}

/// The same for an output of another option.
pub(crate) fn check_named(option: &str, output: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    let Ok(there) = output.metadata() else {
        return Ok(());
    };
    let name = output.display();
    let zh_help = format!("请用 {option} 指定另一个文件");
    let en_help = format!("name another file with {option}");
    let same = |input: &&Path| {
        input
            .metadata()
            .is_ok_and(|other| (other.dev(), other.ino()) == (there.dev(), there.ino()))
    };
    if inputs.iter().any(same) {
        return Err(Failure::new(
            format!("{name} 是本命令读取的文件，不能同时作为输出"),
            format!("{name} is read by this command, so it cannot be its output"),
        )
        .with_help(zh_help, en_help));
    }
    if there.is_file() && Store::open_read_only(output).is_ok() {
        return Err(Failure::new(
            format!("{name} 是一个数据库，写入会毁掉其中的方案"),
            format!("{name} is a store: writing there would destroy its plans"),
        )
        .with_help(zh_help, en_help));
    }
    Ok(())
}

/// Writes a result: beside the output first, and renamed when it is whole, so that nobody takes
/// half a file for the answers. A device or a pipe is written to as it is.
pub(crate) fn write(
    output: &Path,
    inputs: &[&Path],
    work: impl FnOnce(&File) -> Result<(), Failure>,
) -> Result<(), Failure> {
    check(output, inputs)?;
    let failed = |error: &std::io::Error| Failure::io("写入", "write", output, error);
    if output.metadata().is_ok_and(|there| !there.is_file()) {
        let stream = OpenOptions::new()
            .write(true)
            .open(output)
            .map_err(|error| failed(&error))?;
        return work(&stream);
    }
    let folder = match output.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let beside = tempfile::Builder::new()
        .prefix(".wangge-")
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(|error| failed(&error))?;
    work(beside.as_file())?;
    beside
        .as_file()
        .sync_all()
        .map_err(|error| failed(&error))?;
    beside
        .persist(output)
        .map_err(|error| failed(&error.error))?;
    Ok(())
}
