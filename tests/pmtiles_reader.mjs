// Reads tiles of a PMTiles archive with the npm package: the folder of the package, the archive,
// and a list of [z, x, y]; prints the SHA-256 of each tile.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

const [folder, archive, places] = process.argv.slice(2);
const note = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
const entry = note.module ?? note.main;
const { PMTiles } = await import(pathToFileURL(join(folder, entry)));

const file = await open(archive);
const source = {
  getKey: () => archive,
  async getBytes(offset, length) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    return { data: buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + bytesRead) };
  },
};
const tiles = new PMTiles(source);
const header = await tiles.getHeader();
const metadata = await tiles.getMetadata();
if (header.tileType !== 1 || !metadata.vector_layers?.length) {
  throw new Error('no vector tiles, or no vector_layers');
}
const sums = [];
for (const [z, x, y] of JSON.parse(places)) {
  const tile = await tiles.getZxy(z, x, y);
  sums.push(tile && createHash('sha256').update(Buffer.from(tile.data)).digest('hex'));
}
await file.close();
console.log(JSON.stringify(sums));
