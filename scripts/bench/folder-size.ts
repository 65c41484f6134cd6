import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Bytes of all files below a folder, and of the disk blocks that they take. */
export function folderSize(folder: string): { readonly bytes: number; readonly diskBytes: number } {
  let bytes = 0;
  let diskBytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size, blocks } = statSync(join(entry.parentPath, entry.name));
    bytes += size;
    // stat counts in blocks of 512 bytes, whatever the file system's own are.
    diskBytes += blocks * 512;
  }
  return { bytes, diskBytes };
}
