//! Zip archives: one data set out of them, under names we choose, counted byte by byte.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use encoding_rs::{GB18030, SHIFT_JIS};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::sink::Sink;
use crate::wire::Request;
use crate::{Format, Limits, Note, Quantity, Refusal};

/// A data set in an archive: its files by lower-case extension (by name for a `.gdb` folder).
struct Member {
    name: String,
    format: Format,
    files: BTreeMap<String, usize>,
}

/// Small entries may be as compressible as they like.
const RATIO_FROM_BYTES: u64 = 1 << 20;

/// Entries that archivers add on their own.
const NOISE: [&str; 3] = ["__macosx/", ".ds_store", "thumbs.db"];

/// Unpacks one data set, and gives its format and the name of its main file.
pub(super) fn unpack(request: &Request, sink: &mut Sink) -> Result<(Format, String), Refusal> {
    let file =
        File::open(&request.name).map_err(|error| Refusal::system("opening the archive", error))?;
    let mut archive = opened(file, &request.limits)?;
    let names = entry_names(&mut archive)?;
    let member = choose(members(&names), request, sink)?;
    let mut unpacking = Unpacking::of(archive, &request.limits);
    let main = format!("unpacked.{}", main_extension(&member));
    if member.format == Format::FileGdb {
        fs::create_dir(&main).map_err(|error| Refusal::system("unpacking", error))?;
        for (name, &index) in &member.files {
            unpacking.entry(index, &Path::new(&main).join(name))?;
        }
    } else {
        for (extension, &index) in &member.files {
            unpacking.entry(index, Path::new(&format!("unpacked.{extension}")))?;
        }
    }
    Ok((member.format, main))
}

/// Counts what a workbook unpacks to: the library that reads it unpacks it by itself, without end.
pub(super) fn weigh_workbook(path: &Path, limits: &Limits) -> Result<(), Refusal> {
    let file = File::open(path).map_err(|error| Refusal::system("opening the workbook", error))?;
    let weighed = opened(file, limits).and_then(|archive| {
        let entries = archive.len();
        let mut unpacking = Unpacking::of(archive, limits);
        (0..entries).try_for_each(|index| unpacking.entry_into(index, &mut io::sink()))
    });
    weighed.map_err(|refusal| match refusal {
        Refusal::Malformed { why, .. } => Refusal::Malformed {
            format: Format::Xlsx.name().to_owned(),
            why,
        },
        other => other,
    })
}

/// An archive of no more entries than the limit.
fn opened(file: File, limits: &Limits) -> Result<ZipArchive<File>, Refusal> {
    let count = listed_entries(&file)?;
    Refusal::above(Quantity::ArchiveEntries, count, limits.archive_entries)?;
    let archive = ZipArchive::new(file).map_err(|error| malformed(&error.to_string()))?;
    Refusal::above(
        Quantity::ArchiveEntries,
        archive.len() as u64,
        limits.archive_entries,
    )?;
    Ok(archive)
}

/// The number of entries that the end of the archive states, before they are all parsed.
fn listed_entries(mut file: &File) -> Result<u64, Refusal> {
    use std::io::{Seek, SeekFrom};
    let fail = |error| Refusal::system("opening the archive", error);
    let length = file.seek(SeekFrom::End(0)).map_err(fail)?;
    let tail = length.min(66_000);
    file.seek(SeekFrom::Start(length - tail)).map_err(fail)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map_err(fail)?;
    file.seek(SeekFrom::Start(0)).map_err(fail)?;
    let end = bytes
        .windows(22)
        .rposition(|window| window.starts_with(b"PK\x05\x06"))
        .ok_or_else(|| {
            malformed("it has no end of central directory: it is no zip file, or truncated")
        })?;
    Ok(u64::from(u16::from_le_bytes([
        bytes[end + 10],
        bytes[end + 11],
    ])))
}

/// Names of the plain entries by index; refuses what could lead out of a folder.
fn entry_names(archive: &mut ZipArchive<File>) -> Result<Vec<(usize, String)>, Refusal> {
    let mut names = Vec::new();
    for index in 0..archive.len() {
        let entry = archive
            .by_index_raw(index)
            .map_err(|error| malformed(&error.to_string()))?;
        let name = decoded_name(&entry);
        if leads_out(&name) {
            return Err(Refusal::Forbidden {
                what: format!(
                    "the archive has an entry \"{name:.100}\", which leads out of its folder: archives like that are made to overwrite files"
                ),
            });
        }
        if entry.is_symlink() {
            return Err(Refusal::Forbidden {
                what: format!("the archive has the link \"{name:.100}\": pack the file itself"),
            });
        }
        if entry.is_dir() {
            continue;
        }
        let lower = name.to_lowercase();
        if !NOISE.iter().any(|noise| lower.contains(noise)) {
            names.push((index, name));
        }
    }
    Ok(names)
}

/// Entry names without the UTF-8 mark are whatever the packing computer spoke.
fn decoded_name(entry: &ZipFile<'_, File>) -> String {
    let raw = entry.name_raw();
    if let Ok(text) = std::str::from_utf8(raw) {
        return text.to_owned();
    }
    [GB18030, SHIFT_JIS]
        .into_iter()
        .find_map(|encoding| encoding.decode_without_bom_handling_and_without_replacement(raw))
        .map_or_else(|| entry.name().to_owned(), std::borrow::Cow::into_owned)
}

fn leads_out(name: &str) -> bool {
    let name = name.replace('\\', "/");
    let has_drive = name.as_bytes().get(1) == Some(&b':');
    name.starts_with('/')
        || has_drive
        || name.contains('\0')
        || name.split('/').any(|part| part == "..")
}

/// Groups entries into data sets: files of one stem, or those of a `.gdb` folder.
fn members(names: &[(usize, String)]) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for (index, name) in names {
        let name = name.replace('\\', "/");
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", &name));
        if folder.to_ascii_lowercase().ends_with(".gdb") {
            let known = members.iter().position(|member| member.name == folder);
            let place = known.unwrap_or_else(|| {
                members.push(Member {
                    name: folder.to_owned(),
                    format: Format::FileGdb,
                    files: BTreeMap::new(),
                });
                members.len() - 1
            });
            // names of a geodatabase's files are plain: a00000001.gdbtable
            if file
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
            {
                members[place].files.insert(file.to_owned(), *index);
            }
            continue;
        }
        let Some((_, extension)) = file.rsplit_once('.') else {
            continue;
        };
        let extension = extension.to_ascii_lowercase();
        if let Some(format) = Format::of_path(Path::new(file)) {
            members.push(Member {
                name: name.clone(),
                format,
                files: BTreeMap::from([(extension, *index)]),
            });
        }
    }
    for member in &mut members {
        let Some((stem, extension)) = member.name.rsplit_once('.') else {
            continue;
        };
        for companion in member.format.companions(extension) {
            let found = names.iter().find(|(_, name)| {
                name.replace('\\', "/")
                    .rsplit_once('.')
                    .is_some_and(|(other, e)| other == stem && e.eq_ignore_ascii_case(companion))
            });
            if let Some((index, _)) = found {
                member.files.insert((*companion).to_owned(), *index);
            }
        }
    }
    members
}

fn choose(mut members: Vec<Member>, request: &Request, sink: &mut Sink) -> Result<Member, Refusal> {
    if let Some(format) = request.format {
        members.retain(|member| member.format == format);
    }
    let names: Vec<String> = members.iter().map(|member| member.name.clone()).collect();
    let wanted = request.layer.as_deref();
    let chosen = match (members.len(), wanted) {
        (0, _) => {
            return Err(Refusal::Empty {
                why: "the archive has no file of a known format (archives in archives are not opened)"
                    .to_owned(),
            });
        }
        (1, _) => 0,
        (_, None) => return Err(Refusal::SeveralLayers { layers: names }),
        (_, Some(wanted)) => names
            .iter()
            .position(|name| name == wanted || stem(name) == wanted)
            .ok_or_else(|| Refusal::NoSuchLayer {
                layer: wanted.to_owned(),
                layers: names,
            })?,
    };
    let member = members.swap_remove(chosen);
    sink.note(&Note::ArchiveMember {
        member: member.name.clone(),
    })?;
    Ok(member)
}

fn stem(name: &str) -> &str {
    let file = name.rsplit_once('/').map_or(name, |(_, file)| file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

fn main_extension(member: &Member) -> String {
    member
        .name
        .rsplit_once('.')
        .map_or_else(String::new, |(_, extension)| extension.to_ascii_lowercase())
}

struct Unpacking {
    archive: ZipArchive<File>,
    limit: u64,
    ratio: u64,
    bytes: u64,
}

impl Unpacking {
    fn of(archive: ZipArchive<File>, limits: &Limits) -> Self {
        Self {
            archive,
            limit: limits.unpacked_bytes,
            ratio: limits.unpacked_ratio,
            bytes: 0,
        }
    }

    fn entry(&mut self, index: usize, target: &Path) -> Result<(), Refusal> {
        let mut out = File::create(target).map_err(|error| Refusal::system("unpacking", error))?;
        self.entry_into(index, &mut out)
    }

    fn entry_into(&mut self, index: usize, out: &mut impl Write) -> Result<(), Refusal> {
        let mut entry = self
            .archive
            .by_index(index)
            .map_err(|error| malformed(&error.to_string()))?;
        let packed = entry.compressed_size().max(1);
        let mut unpacked = 0;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = entry
                .read(&mut buffer)
                .map_err(|error| malformed(&error.to_string()))?;
            if count == 0 {
                return Ok(());
            }
            unpacked += count as u64;
            self.bytes += count as u64;
            Refusal::above(Quantity::UnpackedBytes, self.bytes, self.limit)?;
            if unpacked > RATIO_FROM_BYTES {
                Refusal::above(Quantity::UnpackedRatio, unpacked / packed, self.ratio)?;
            }
            out.write_all(&buffer[..count])
                .map_err(|error| Refusal::system("unpacking", error))?;
        }
    }
}

fn malformed(why: &str) -> Refusal {
    Refusal::Malformed {
        format: "zip".to_owned(),
        why: why.to_owned(),
    }
}
