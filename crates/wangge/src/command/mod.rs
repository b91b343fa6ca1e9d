//! One module for each command.

pub(crate) mod component;
pub(crate) mod components;
pub(crate) mod crs;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod dissolve;
pub(crate) mod export;
pub(crate) mod generate;
pub(crate) mod grid;
pub(crate) mod import;
pub(crate) mod import_components;
pub(crate) mod import_list;
mod import_text;
pub(crate) mod init;
pub(crate) mod locate;
pub(crate) mod plan;
mod plan_balance;
mod plan_edit;
pub(crate) mod publish;
pub(crate) mod repair;
pub(crate) mod rules;
pub(crate) mod serve;
pub(crate) mod simplify;
pub(crate) mod store;
pub(crate) mod tiles;
pub(crate) mod tiles_check;
pub(crate) mod validate;
