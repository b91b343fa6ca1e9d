//! What the compared tiles hold: the same bytes from archives, others from the database.

use std::collections::BTreeMap;
use std::io::Read as _;

use fast_mvt::MvtReaderRef;
use flate2::read::GzDecoder;
use wangge_tiles::TileAddress;
use wangge_tiles::check::Pyramid as _;

use crate::Outcome;
use crate::load::{answer, request};
use crate::material::Material;
use crate::server::Server;

/// A server with what the addresses of its tiles begin with.
pub(crate) struct Peer<'a> {
    pub(crate) name: &'static str,
    pub(crate) server: &'a Server,
    pub(crate) prefix: String,
}

impl Peer<'_> {
    pub(crate) fn requests(&self, tiles: &[TileAddress]) -> Vec<String> {
        tiles
            .iter()
            .map(|tile| request(&format!("{}/{tile}", self.prefix)))
            .collect()
    }

    /// A tile as it is sent, and unpacked.
    fn tile(&self, tile: TileAddress) -> Outcome<(Vec<u8>, Vec<u8>)> {
        let request = request(&format!("{}/{tile}", self.prefix));
        let packed = answer(self.server.address, &request)?.body;
        let mut opened = Vec::new();
        if packed.starts_with(&[0x1f, 0x8b]) {
            GzDecoder::new(&packed[..]).read_to_end(&mut opened)?;
        } else {
            opened.clone_from(&packed);
        }
        Ok((packed, opened))
    }
}

/// Asks each server for each tile, which must be what the archive has.
pub(crate) fn hold_against_archive(
    material: &Material,
    peers: &[Peer<'_>],
    tiles: &[TileAddress],
) -> Outcome<()> {
    for peer in peers {
        let mut packed_bytes = 0;
        for &tile in tiles {
            let wanted = material.archive.tile(tile)?.ok_or("a tile is lost")?;
            let (packed, opened) = peer.tile(tile)?;
            if opened != wanted {
                return Err(format!(
                    "{} answers {} bytes for tile {tile}, the archive has {} others",
                    peer.name,
                    opened.len(),
                    wanted.len()
                )
                .into());
            }
            packed_bytes += packed.len();
        }
        println!(
            "{:>22}: {} tiles with the archive's bytes, {} bytes each as they are sent (mean)",
            peer.name,
            tiles.len(),
            packed_bytes / tiles.len()
        );
    }
    Ok(())
}

/// Means over the tiles of a zoom.
#[derive(Default)]
struct Sizes {
    tiles: usize,
    packed: usize,
    bytes: usize,
    features: usize,
}

/// Prints for each zoom what the tiles of the servers are like.
pub(crate) fn list_sizes(peers: &[Peer<'_>], tiles: &[TileAddress]) -> Outcome<()> {
    println!("means of tiles:  gzip bytes  bytes  features, of each");
    let mut of_zooms: BTreeMap<u8, Vec<Sizes>> = BTreeMap::new();
    for (number, peer) in peers.iter().enumerate() {
        for &tile in tiles {
            let (packed, opened) = peer.tile(tile)?;
            let row = of_zooms.entry(tile.z()).or_default();
            row.resize_with(peers.len(), Sizes::default);
            let sizes = &mut row[number];
            sizes.tiles += 1;
            sizes.packed += packed.len();
            sizes.bytes += opened.len();
            if !opened.is_empty() {
                sizes.features += MvtReaderRef::new(&opened)?
                    .layers()
                    .map(|layer| layer.features().count())
                    .sum::<usize>();
            }
        }
    }
    print!("zoom  tiles");
    for peer in peers {
        print!("  {:>26}", peer.name);
    }
    println!();
    for (zoom, row) in of_zooms {
        print!("{zoom:>4} {:>6}", row[0].tiles);
        for sizes in row {
            let of = |sum: usize| sum / sizes.tiles;
            print!(
                "  {:>9} {:>9} {:>6}",
                of(sizes.packed),
                of(sizes.bytes),
                of(sizes.features)
            );
        }
        println!();
    }
    Ok(())
}
