//! The spatial service of grid governance: the command line.

mod account;
mod args;
mod command;
mod destination;
mod failure;
mod output;
mod progress;
mod refused_arguments;
mod systems;
mod told;

use std::process::ExitCode;

use clap::Parser;
use wangge_exchange::{CHILD_ARGUMENT, child_main};
use wangge_model::ListKind;
use wangge_report::Language;

use crate::args::{
    Cli, Command, Export, Generate, Import, RulesCommand, StoreCommand, TilesCommand,
};
use crate::failure::{Failure, Outcome};

fn main() -> ExitCode {
    // the locked process that reads a file is this program again
    if std::env::args_os()
        .nth(1)
        .is_some_and(|first| first == CHILD_ARGUMENT)
    {
        return child_main();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    let language = cli.lang.unwrap_or_else(Language::of_environment);
    match run(cli.command, language) {
        Ok(outcome) => outcome.into(),
        Err(failure) => failure.end(language),
    }
}

/// Help, the version, or what is wrong with the arguments: in English as clap prints it.
fn refuse(error: &clap::Error) -> ExitCode {
    let language = refused_arguments::language().unwrap_or_else(Language::of_environment);
    let chinese = match language {
        Language::Zh => refused_arguments::in_chinese(error),
        Language::En => None,
    };
    match chinese {
        Some(text) => Failure::new(text, error.to_string())
            .with_help("加 --help 查看各参数的用法", "--help says how")
            .end(language),
        None => error.exit(),
    }
}

fn run(command: Command, language: Language) -> Result<Outcome, Failure> {
    match command {
        Command::Demo(demo) => command::demo::run(&demo, language),
        Command::Init(init) => command::init::run(&init, language),
        Command::Import(import) => import_of(import, language),
        Command::Validate(validate) => command::validate::run(&validate, language),
        Command::Repair(repair) => command::repair::run(&repair, language),
        Command::Diff(diff) => command::diff::run(&diff, language),
        Command::Simplify(simplify) => command::simplify::run(&simplify, language),
        Command::Dissolve(dissolve) => command::dissolve::run(&dissolve, language),
        Command::Plan(plan) => command::plan::run(&plan, language),
        Command::Publish(publish) => command::publish::run(&publish, language),
        Command::Rules(RulesCommand::Check(check)) => command::rules::check(&check, language),
        Command::Store(StoreCommand::Check(check)) => command::store::check(&check, language),
        Command::Store(StoreCommand::Backup(backup)) => command::store::backup(&backup, language),
        Command::Locate(locate) => command::locate::run(&locate, language),
        Command::Aggregate(aggregate) => command::aggregate::run(&aggregate, language),
        Command::Track(track) => command::track::run(&track, language),
        Command::Patrol(patrol) => command::track::patrol(&patrol, language),
        Command::Serve(serve) => command::serve::run(&serve, language),
        Command::Grid(show) => command::grid::run(&show, language),
        Command::Components(list) => command::components::run(&list, language),
        Command::Component(show) => command::component::run(&show, language),
        Command::Export(Export::Grids(export)) => command::export::run(&export, language),
        Command::Export(Export::Components(export)) => {
            command::export::components(&export, language)
        }
        Command::Tiles(TilesCommand::Export(export)) => command::tiles::export(&export, language),
        Command::Tiles(TilesCommand::Check(check)) => command::tiles_check::check(&check, language),
        Command::Crs(crs) => command::crs::run(&crs, language),
        Command::Generate(Generate::City(city)) => command::generate::run(&city, language),
    }
}

fn import_of(import: Import, language: Language) -> Result<Outcome, Failure> {
    let (kind, list) = match import {
        Import::Grids(grids) => return command::import::run(&grids, language),
        Import::Classes(list) => (ListKind::Classes, list),
        Import::Departments(list) => (ListKind::Departments, list),
        Import::Rules(list) => (ListKind::Rules, list),
        Import::Posts(list) => (ListKind::Posts, list),
        Import::Borders(list) => (ListKind::Borders, list),
        Import::Devices(list) => (ListKind::Devices, list),
        Import::Parents(list) => (ListKind::Parents, list),
        Import::Overlays(layer) => {
            return command::import_list::layer(ListKind::Overlays, layer, language);
        }
        Import::Streets(layer) => {
            return command::import_list::layer(ListKind::Streets, layer, language);
        }
        Import::Households(layer) => {
            return command::import_list::layer(ListKind::Households, layer, language);
        }
        Import::Buildings(layer) => {
            return command::import_list::layer(ListKind::Buildings, layer, language);
        }
        Import::Base(layer) => {
            return command::import_list::layer(ListKind::Base, layer, language);
        }
        Import::Components(components) => {
            return command::import_components::run(&components, language);
        }
    };
    command::import_list::run(kind, list, language)
}
