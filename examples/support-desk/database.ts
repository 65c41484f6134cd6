import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Database } from 'node-sqlite3-wasm';
import { toolUnavailable } from '../../src/tools/tool-errors';
import { seed } from './seed';

/** Tries of a transaction while another process is in one; a transaction takes a few milliseconds. */
const TRIES = 100;
const PAUSE_MS = 20;
/** A lock this old belongs to a process that was killed inside a transaction. */
const STALE_LOCK_MS = 5_000;

/** The shop's SQLite database, for any number of workers on one machine. */
export interface ShopDatabase {
  /** Does all of `work` or nothing of it. A throw undoes it; an outage is retried by the engine. */
  transact<T>(work: (database: Database) => T): Promise<T>;
}

/** Opens the database at its first use, and makes and fills it where it is missing. */
export function openShop(file: string): ShopDatabase {
  let opened: Database | undefined;
  const open = (): Database => {
    mkdirSync(dirname(file), { recursive: true });
    breakStaleLock(file);
    opened ??= new Database(file);
    return opened;
  };
  return {
    async transact(work) {
      for (let tries = 1; ; tries += 1) {
        try {
          const database = open();
          database.exec('BEGIN IMMEDIATE');
          return committed(database, work);
        } catch (error) {
          if (!isLocked(error)) throw error;
          if (tries === TRIES) throw toolUnavailable('the shop database is locked by another process');
          await sleep(PAUSE_MS);
        }
      }
    },
  };
}

/** Everything is synchronous, so that no other call of this process comes between. */
function committed<T>(database: Database, work: (database: Database) => T): T {
  try {
    seed(database);
    const result = work(database);
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.inTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes('locked');
}

/** This SQLite locks by making a folder, which a killed process leaves behind. */
function breakStaleLock(file: string): void {
  const lock = `${file}.lock`;
  const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (made === undefined || Date.now() - made < STALE_LOCK_MS) return;
  try {
    rmdirSync(lock);
  } catch {
    // Another process was quicker.
  }
}
