//! `wangge store`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(crate) enum StoreCommand {
    /// Say whether a store is whole: the file, the guards, every digest 检查数据库是否完好
    #[command(
        after_help = "Example: wangge store check --store city.gpkg\nExit code 0: it is whole; 1: something is wrong with it; 2: it could not be looked at."
    )]
    Check(StoreCheck),
    /// Copy a store while others use it 备份数据库
    #[command(
        after_help = "Example: wangge store backup --store city.gpkg -o /backup/city.gpkg\nThe copy is of one moment, is checked, and appears whole or not at all."
    )]
    Backup(StoreBackup),
}

#[derive(Debug, Args)]
pub(crate) struct StoreCheck {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// Print the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct StoreBackup {
    /// The store
    #[arg(long)]
    pub(crate) store: PathBuf,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: PathBuf,
    /// Replace a file that is there, once the copy is whole
    #[arg(long)]
    pub(crate) force: bool,
    /// Print the outcome as JSON
    #[arg(long)]
    pub(crate) json: bool,
}
