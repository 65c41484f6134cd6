import { hashOf } from '../../../src/contract/hash';
import { openLocalStore } from '../../../src/threads/local-store';

/** Takes the lease of each of many keys and records its own name; prints what the journal then holds, as JSON. */
async function main(folder: string, keys: number): Promise<void> {
  const { journal } = openLocalStore({ folder });
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  const held: string[] = [];
  for (let n = 0; n < keys; n++) {
    const key = hashOf(n);
    const me = `process ${process.pid}`;
    const lease = await journal.lease(key, { activity: me, attempt: 1 });
    const answer = await journal.record(lease, me).catch(() => undefined);
    held.push(String(answer ?? 'overtaken'));
  }
  process.stdout.write(`${JSON.stringify(held)}\n`);
}

void main(process.argv[2] ?? '', Number(process.argv[3]));
