//! Errors and notes of the crates before this one, told in either language.

mod crs;
mod defect;
mod exchange;
mod fault;
mod list;
mod model;
mod note;
mod phrase;
mod plane;
mod refusal;
mod replan;
mod scheme;
mod store;

use std::error::Error;
use std::io::{self, ErrorKind};

use crate::Language;

pub use fault::{fault_advice, fault_kind, fault_place};
pub use list::list_name;
pub use note::{brief, field_name};
pub use phrase::phrase;

/// What can be told to a person in Chinese and in English: what happened, with which value, where,
/// and what would be right.
pub trait Told {
    /// In Chinese, for somebody who is no programmer; names of options and formats stay.
    fn in_chinese(&self) -> String;

    /// In English, an error with its causes.
    fn in_english(&self) -> String;

    /// In the language asked for.
    ///
    /// ```
    /// use wangge_report::{Language, Told};
    /// let error = wangge_crs::CrsError::UnknownCode { code: 1 };
    /// assert!(error.told(Language::Zh).contains("EPSG:1"));
    /// assert!(error.told(Language::En).contains("there is no coordinate system EPSG:1"));
    /// ```
    fn told(&self, language: Language) -> String {
        match language {
            Language::Zh => self.in_chinese(),
            Language::En => self.in_english(),
        }
    }
}

/// An error's message followed by those of its causes that it does not hold already.
pub fn with_causes(error: &dyn Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = next.source();
    }
    message
}

/// What the operating system refused. What has no usual name is told in the system's words.
impl Told for io::Error {
    fn in_chinese(&self) -> String {
        let text = match self.kind() {
            ErrorKind::NotFound => "文件或文件夹不存在",
            ErrorKind::PermissionDenied => "没有访问权限",
            ErrorKind::AlreadyExists => "已有同名文件",
            ErrorKind::IsADirectory => "它是文件夹，不是文件",
            ErrorKind::NotADirectory => "路径中有一级不是文件夹",
            ErrorKind::DirectoryNotEmpty => "文件夹不是空的",
            ErrorKind::StorageFull => "磁盘已满",
            ErrorKind::QuotaExceeded => "已超出磁盘配额",
            ErrorKind::ReadOnlyFilesystem => "所在的文件系统是只读的",
            ErrorKind::FileTooLarge => "文件过大",
            ErrorKind::InvalidFilename => "文件名无效",
            ErrorKind::AddrInUse => "该地址和端口已被占用",
            ErrorKind::AddrNotAvailable => "本机没有这个地址",
            ErrorKind::BrokenPipe => "接收输出的程序已经结束",
            ErrorKind::InvalidData => "内容不是有效的 UTF-8 文本",
            ErrorKind::UnexpectedEof => "文件提前结束",
            ErrorKind::OutOfMemory => "内存不足",
            _ => return phrase(&self.to_string()),
        };
        text.to_owned()
    }

    fn in_english(&self) -> String {
        with_causes(self)
    }
}

/// Names in a Chinese sentence.
fn listed<T: ToString>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    if names.is_empty() {
        "无".to_owned()
    } else {
        names.join("、")
    }
}
