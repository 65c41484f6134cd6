import { hashOf } from '../../../src/contract/hash';
import { openLocalStore } from '../../../src/threads/local-store';

/** Writes objects, transcripts and journal entries without pause, and says each one's name once the write is over. */
async function main(folder: string): Promise<void> {
  const store = openLocalStore({ folder });
  const shelf = { name: hashOf('shelf'), ttlMs: 60 * 60_000 };
  let head: string | null = null;
  for (let turn = 0; ; turn++) {
    const size = turn % 10 === 0 ? 400_000 : 3000;
    const text = `${process.pid} ${turn} ${'x'.repeat(size)}`;
    head = await store.threads.append(head, [{ role: 'user', content: [{ type: 'text', text }] }]);
    const lease = await store.journal.lease(head, { activity: 'a', attempt: 1 });
    await store.journal.record(lease, { turn, size });
    await store.replies.keep(shelf, { run: 'run', reply: { head, text } });
    process.stdout.write(`${head}\n`);
  }
}

void main(process.argv[2] ?? '');
