import type { FileHandle } from 'node:fs/promises';

const CHUNK_BYTES = 64 * 1024;
const NEWLINE = 10;

export interface LineWindow {
  /** First line wanted, from 1. */
  readonly first: number;
  readonly lines: number;
  /** Bytes of text that are returned at most, and bytes of the file that are read for them at most. */
  readonly maxBytes: number;
  readonly maxScan: number;
  readonly signal: AbortSignal;
}

export interface LinesRead {
  readonly text: string;
  /** Last line of the text, `first - 1` where the file has fewer lines. */
  readonly last: number;
  readonly end: 'file' | 'window' | 'bytes' | 'scan';
}

/** Looks like no text: a NUL in its first bytes. */
export async function isBinary(handle: FileHandle): Promise<boolean> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(8192), 0, 8192, 0);
  return buffer.subarray(0, bytesRead).includes(0);
}

/** Some lines of a file of any size, in bounded memory. A line longer than the window's bytes is cut. */
export async function readLines(handle: FileHandle, window: LineWindow): Promise<LinesRead> {
  const { first, lines, maxBytes, maxScan, signal } = window;
  const chunk = Buffer.alloc(CHUNK_BYTES);
  const kept: Buffer[] = [];
  let keptBytes = 0;
  let line = 1;
  const done = (end: LinesRead['end'], last: number): LinesRead => ({
    text: new TextDecoder().decode(Buffer.concat(kept)),
    last,
    end,
  });
  for (let offset = 0; offset < maxScan; ) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, offset);
    if (bytesRead === 0) return done('file', keptBytes === 0 ? first - 1 : endsLine(kept) ? line - 1 : line);
    offset += bytesRead;
    for (let at = 0; at < bytesRead; ) {
      const found = chunk.subarray(0, bytesRead).indexOf(NEWLINE, at);
      const end = found === -1 ? bytesRead : found + 1;
      if (line >= first) {
        const piece = chunk.subarray(at, Math.min(end, at + maxBytes - keptBytes));
        kept.push(Buffer.from(piece));
        keptBytes += piece.length;
        if (keptBytes >= maxBytes) return done('bytes', line);
      }
      if (found !== -1) line++;
      if (line >= first + lines) return done('window', line - 1);
      at = end;
    }
  }
  return done('scan', line);
}

function endsLine(kept: readonly Buffer[]): boolean {
  return kept.at(-1)?.at(-1) === NEWLINE;
}
