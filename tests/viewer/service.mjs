// A demonstration city, served by the real program on a free port.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');

/** The program under test: WANGGE_BIN, or what was built last in release or debug mode. */
const program = [process.env.WANGGE_BIN, join(target, 'release/wangge'), join(target, 'debug/wangge')].find((path) => path && existsSync(path));
if (!program) throw new Error('there is no program to test: run make build, or set WANGGE_BIN');

/** Where the city and its files are, made once and kept: they are the same for the same program. */
export const folder = join(target, 'viewer-tests');

/** Runs the program until it says where it listens. */
function started(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, RUST_LOG: 'warn', LC_ALL: 'C.UTF-8' } });
    let said = '';
    const hear = (bytes) => {
      said += bytes;
      const found = /http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
      if (found) resolve({ child, port: Number(found[1]), log: () => said });
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.on('exit', (code) => reject(new Error(`wangge ${args.join(' ')} ended with ${code}: ${said}`)));
  });
}

async function stopped({ child }) {
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

/** Runs the program to its end. */
export function ran(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
    let said = '';
    child.stdout.on('data', (bytes) => (said += bytes));
    child.stderr.on('data', (bytes) => (said += bytes));
    child.on('exit', (code) => (code === 0 ? resolve(said) : reject(new Error(`wangge ${args.join(' ')} ended with ${code}: ${said}`))));
  });
}

/** Where the city of 龙港区 is, made once. */
async function city() {
  const store = join(folder, 'longgang.gpkg');
  if (!existsSync(store)) {
    mkdirSync(folder, { recursive: true });
    await stopped(await started(['demo', '--dir', folder, '--listen', '127.0.0.1:0']));
  }
  return store;
}

/** A service that answers, over a store. */
async function opened(store, more) {
  // a program that was built without optimisation draws slowly
  const config = join(folder, 'slow.toml');
  writeFileSync(config, '[limits]\nanswer_timeout_s = 120\n');
  const service = await started(['serve', '--config', config, '--store', store, '--listen', '127.0.0.1:0', ...more]);
  const url = `http://127.0.0.1:${service.port}/`;
  // a service that has just begun may still be drawing what it shows first
  for (let left = 60; (await fetch(`${url}styles/day.json`)).status === 503 && left > 0; left--) await new Promise((again) => setTimeout(again, 1000));
  return { ...service, url };
}

async function closed(service) {
  await stopped(service);
  const complaints = service.log().split('\n').filter((line) => / (WARN|ERROR) /.test(line));
  if (complaints.length > 0) throw new Error(`the service complained: ${complaints.join('\n')}`);
}

/** The service that all share who change nothing. */
let shared;

/** Serves the city until the callback is done; with `writes` a copy of it, which may be changed. */
export async function served(writes, work) {
  const store = await city();
  if (!writes) {
    shared ??= await opened(store, []);
    return work(shared.url);
  }
  // what a test changes must not be there in the next one
  const own = join(folder, 'changed.gpkg');
  for (const beside of ['', '-wal', '-shm', '-journal']) rmSync(own + beside, { force: true });
  copyFileSync(store, own);
  const service = await opened(own, ['--allow-writes']);
  try {
    return await work(service.url);
  } finally {
    await closed(service);
  }
}

/** Ends the service that is shared, once all are done. */
export async function ended() {
  const service = shared;
  shared = undefined;
  if (service) await closed(service);
}
