//! Tiles that are packed ahead of need, so that who asks first does not wait for them either.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::runtime::Builder;
use wangge_city::City;
use wangge_tiles::{Format, Shift, Source, SourceTiles, TileAddress};

use super::{
    AskedTile, Coding, ContentHash, KNOWN_TILES, Known, OF_A_BODY, Packed, TileDesk, TileKey,
};

/// What browsers ask for: the first over TLS, the other one without it.
const CODINGS: [Coding; 2] = [Coding::Brotli, Coding::Gzip];

/// What may be packed ahead for one snapshot: half of what is kept, so that what is asked for finds
/// room beside it.
pub(super) struct Allowance {
    bytes: u64,
    spent: Mutex<Spent>,
}

/// What has been packed ahead, of a snapshot by its number.
#[derive(Debug, Clone, Copy, Default)]
struct Spent {
    edition: u64,
    tiles: u64,
    bytes: u64,
}

impl Allowance {
    pub(super) const fn new(cache_bytes: u64) -> Self {
        let none = Spent {
            edition: 0,
            tiles: 0,
            bytes: 0,
        };
        Self {
            bytes: cache_bytes / 2,
            spent: Mutex::new(none),
        }
    }

    /// Whether one more tile may be packed for a snapshot.
    fn has_room(&self, edition: u64) -> bool {
        let spent = self.of(edition);
        spent.bytes < self.bytes && spent.tiles < KNOWN_TILES / 2
    }

    fn of(&self, edition: u64) -> Spent {
        let spent = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.edition == edition {
            spent
        } else {
            Spent {
                edition,
                ..Spent::default()
            }
        }
    }

    fn spend(&self, edition: u64, bytes: u64) {
        let mut spent = self.of(edition);
        spent.tiles += 1;
        spent.bytes += bytes;
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) = spent;
    }
}

impl TileDesk {
    /// Packs the tiles of a zoom that are not known yet, as browsers ask for them, as long as there is
    /// room and `goes_on` says so. By the calling thread.
    pub(crate) fn pack_ahead(
        &self,
        city: &Arc<City>,
        source: Source,
        zoom: u8,
        goes_on: impl Fn() -> bool,
    ) {
        let started = Instant::now();
        let edition = city.edition().number();
        let before = self.allowance.of(edition);
        let tiles = SourceTiles::new(city.tiles(Shift::None), source, zoom..=zoom);
        if !tiles.zooms().contains(&zoom) {
            return;
        }
        // what is kept may have to wait for room
        let Ok(runtime) = Builder::new_current_thread().build() else {
            return;
        };
        for address in tiles.addresses(zoom) {
            if !goes_on() || !self.allowance.has_room(edition) {
                break;
            }
            runtime.block_on(self.pack_one(city, source, address));
        }
        let after = self.allowance.of(edition);
        tracing::debug!(
            %source, zoom,
            tiles = after.tiles - before.tiles,
            bytes = after.bytes - before.bytes,
            ms = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3,
            "tiles were packed ahead"
        );
    }

    /// One that cannot be packed is left to who asks for it, and is told of there.
    async fn pack_one(&self, city: &City, source: Source, address: TileAddress) {
        let edition = city.edition().number();
        let key = TileKey::Drawn(
            edition,
            AskedTile {
                source,
                shift: Shift::None,
                address,
                format: Format::Mvt,
            },
        );
        if self.known.contains_key(&key) {
            return;
        }
        let tiles = city.tiles(Shift::None);
        let Some(bytes) = tiles.tile(source, address, Format::Mvt) else {
            self.known.insert(key, Known::Empty).await;
            self.allowance.spend(edition, 0);
            return;
        };
        let hash = ContentHash::of(&bytes);
        let mut spent = 0;
        for coding in CODINGS {
            let kept = (hash, coding);
            if self.packed.contains_key(&kept) {
                continue;
            }
            let (Ok(body), Ok(etag)) = (coding.encode(bytes.clone()), hash.etag(coding)) else {
                return;
            };
            spent += (body.len() + OF_A_BODY) as u64;
            let packed = Packed {
                etag,
                body: body.into(),
            };
            self.packed.insert(kept, packed).await;
        }
        self.known.insert(key, Known::Full(hash)).await;
        self.allowance.spend(edition, spent);
    }
}

#[cfg(test)]
#[path = "../../../city/tests/drawing/mod.rs"]
mod drawing;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tiles::WantedTile;

    const ROOM: u64 = 64 << 20;

    /// Packs all zooms of a source, and says which tiles those are.
    fn packed(desk: &TileDesk, city: &Arc<City>, source: Source) -> Vec<TileAddress> {
        let tiles = SourceTiles::new(city.tiles(Shift::None), source, 0..=14);
        for zoom in tiles.zooms() {
            desk.pack_ahead(city, source, zoom, || true);
        }
        let zooms = tiles.zooms();
        zooms.flat_map(|zoom| tiles.addresses(zoom)).collect()
    }

    fn wanted(city: &Arc<City>, source: Source, address: TileAddress) -> WantedTile {
        let asked = AskedTile {
            source,
            shift: Shift::None,
            address,
            format: Format::Mvt,
        };
        WantedTile::Drawn(Arc::clone(city), asked)
    }

    #[test]
    fn what_is_packed_ahead_is_what_would_be_packed_in_need() {
        let mut grids = drawing::town_grids();
        // far away: between them tiles are empty
        let far = drawing::shape(drawing::square(9.0, 9.0, 10.0, 10.0), vec![]);
        grids.push(drawing::grid("211403001004", far));
        let city = Arc::new(City::of_parts(drawing::parts(drawing::V1, grids)).unwrap());
        let ahead = TileDesk::new(ROOM, 64).unwrap();
        let all = packed(&ahead, &city, Source::City);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let (mut full, mut empty) = (0, 0);
        for address in all {
            let wanted = wanted(&city, Source::City, address);
            let known = ahead.known_at_hand(&wanted).unwrap();
            for coding in CODINGS {
                let in_need = TileDesk::new(ROOM, 64).unwrap();
                let (same, fresh) = runtime.block_on(in_need.look(&wanted, coding)).unwrap();
                assert_eq!(known, same, "{address}");
                let Known::Full(hash) = known else {
                    empty += 1;
                    continue;
                };
                full += 1;
                let kept = ahead.packed_at_hand(hash, coding).unwrap();
                let fresh = fresh.unwrap();
                assert_eq!((kept.etag, kept.body), (fresh.etag, fresh.body));
            }
        }
        assert!(full >= 50 && empty >= 2, "{full} full, {empty} empty");
    }

    #[test]
    fn no_more_is_packed_than_there_is_room_for() {
        let city = Arc::new(drawing::town());
        let desk = TileDesk::new(2_000, 64).unwrap();
        let all = packed(&desk, &city, Source::City);
        let spent = desk.allowance.of(city.edition().number());
        assert!(spent.bytes >= 1_000, "the half is used: {spent:?}");
        // the last one may go beyond it
        assert!(spent.tiles < all.len() as u64 / 2, "{spent:?}");
        let next = Arc::new(drawing::town());
        assert!(desk.allowance.has_room(next.edition().number()));
    }

    #[test]
    fn it_ends_when_another_snapshot_answers() {
        let city = Arc::new(drawing::town());
        let desk = TileDesk::new(ROOM, 64).unwrap();
        desk.pack_ahead(&city, Source::City, 12, || false);
        assert_eq!(desk.allowance.of(city.edition().number()).tiles, 0);
        desk.pack_ahead(&city, Source::City, 12, || true);
        assert!(desk.allowance.of(city.edition().number()).tiles > 0);
    }

    #[test]
    fn what_is_known_is_not_drawn_again() {
        let city = Arc::new(drawing::town());
        let desk = TileDesk::new(ROOM, 64).unwrap();
        packed(&desk, &city, Source::Grids);
        let first = desk.allowance.of(city.edition().number());
        packed(&desk, &city, Source::Grids);
        let second = desk.allowance.of(city.edition().number());
        assert_eq!(first.tiles, second.tiles);
    }
}
