import type { Console } from '../screen/console';

/** A word on every tenth of the rows; call it as each is done. */
export function rowProgress(console: Console, rows: number): () => void {
  let done = 0;
  const step = Math.max(1, Math.ceil(rows / 10));
  return () => {
    done += 1;
    if (done % step === 0 || done === rows) console.note(`${done} of ${rows} rows`);
  };
}
