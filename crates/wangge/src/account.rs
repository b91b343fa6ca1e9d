//! Who changes a store, for its log.

use std::path::Path;

use wangge_store::Store;

use crate::failure::Failure;

/// Opens a store to change it, in the name of the account that runs this program.
pub(crate) fn opened(path: &Path) -> Result<Store, Failure> {
    let mut store = Store::open(path)?;
    store.act_as(&account());
    Ok(store)
}

/// The account: with sudo, the one that called it.
fn account() -> String {
    ["SUDO_USER", "LOGNAME", "USER"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok())
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "unknown".to_owned())
}
