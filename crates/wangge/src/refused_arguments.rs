//! 命令行参数的错误：what clap says of wrong arguments, in Chinese.

use std::error::Error as _;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use wangge_crs::CrsError;
use wangge_report::{Language, Told, phrase};

/// What is wrong with the arguments, in Chinese; `None` where there is no error to tell (help, the
/// version) or none that is known here.
pub(crate) fn in_chinese(error: &Error) -> Option<String> {
    let argument = given(error, ContextKind::InvalidArg);
    let value = given(error, ContextKind::InvalidValue);
    let text = match error.kind() {
        ErrorKind::ValueValidation => {
            format!("{argument} 的值“{value}”不对：{}", reason(error))
        }
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("{argument} 缺少值{}", choices(error))
        }
        ErrorKind::InvalidValue => format!("{argument} 的值“{value}”不对{}", choices(error)),
        ErrorKind::UnknownArgument => format!("没有参数“{argument}”{}", meant(error)),
        ErrorKind::InvalidSubcommand => format!(
            "没有命令“{}”{}",
            given(error, ContextKind::InvalidSubcommand),
            meant(error)
        ),
        ErrorKind::ArgumentConflict => {
            let other = given(error, ContextKind::PriorArg);
            if other.is_empty() || other == argument {
                format!("{argument} 只能给一次")
            } else {
                format!("{argument} 不能与 {other} 同时使用")
            }
        }
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{argument}"),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} 的值的个数不对")
        }
        ErrorKind::TooManyValues => format!("{argument} 的值“{value}”是多余的"),
        _ => return None,
    };
    Some(text)
}

/// The language that a person asked for in arguments that were not understood.
pub(crate) fn language() -> Option<Language> {
    let mut arguments = std::env::args_os().skip(1);
    while let Some(argument) = arguments.next() {
        let argument = argument.to_str()?;
        let value = match argument.strip_prefix("--lang") {
            Some("") => arguments.next()?.to_str()?.to_owned(),
            Some(rest) => rest.strip_prefix('=')?.to_owned(),
            None => continue,
        };
        return value.parse().ok();
    }
    None
}

fn given(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        Some(ContextValue::StyledStr(text)) => text.to_string(),
        _ => String::new(),
    }
}

fn choices(error: &Error) -> String {
    match given(error, ContextKind::ValidValue) {
        known if known.is_empty() => String::new(),
        known => format!("：可用 {known}"),
    }
}

fn meant(error: &Error) -> String {
    [
        ContextKind::SuggestedArg,
        ContextKind::SuggestedSubcommand,
        ContextKind::SuggestedValue,
    ]
    .into_iter()
    .map(|kind| given(error, kind))
    .find(|known| !known.is_empty())
    .map(|known| format!("；是不是 {known}？"))
    .unwrap_or_default()
}

/// Why a value cannot be read.
fn reason(error: &Error) -> String {
    let Some(cause) = error.source() else {
        return "看不懂".to_owned();
    };
    if let Some(error) = cause.downcast_ref::<CrsError>() {
        return error.in_chinese();
    }
    let text = cause.to_string();
    match text.as_str() {
        "invalid float literal" | "cannot parse float from empty string" => "应为数字".to_owned(),
        "invalid digit found in string" | "cannot parse integer from empty string" => {
            "应为 0 以上的整数".to_owned()
        }
        "it is not a number of 0 or more" => "应为不小于 0 的数".to_owned(),
        "invalid socket address syntax" => "应为 地址:端口，例如 127.0.0.1:8080".to_owned(),
        _ if text.ends_with("is not in 0..=16") => "应为 0 到 16 的整数".to_owned(),
        _ if text.starts_with("the language") => "应为 zh 或 en".to_owned(),
        _ => phrase(&text),
    }
}
