import { failureType } from '../../../src/contract/fail';
import { hashOf } from '../../../src/contract/hash';
import { openLocalStore } from '../../../src/threads/local-store';

/** Takes the lease of each of many keys and records its own name; prints what the journal then holds, as JSON, or `overtaken`. */
async function main(folder: string, keys: number): Promise<void> {
  const { journal } = openLocalStore({ folder });
  process.stdout.write('ready\n');
  await new Promise((resolve) => process.stdin.once('data', resolve));
  process.stdin.destroy();
  const held: string[] = [];
  for (let n = 0; n < keys; n++) {
    const key = hashOf(n);
    const me = `process ${process.pid}`;
    const answer = await journal
      .lease(key, { activity: me, attempt: 1 })
      .then((lease) => journal.record(lease, me))
      .catch((error: unknown) => {
        if (failureType(error) === 'StaleAttempt') return 'overtaken';
        throw error;
      });
    held.push(String(answer));
  }
  process.stdout.write(`${JSON.stringify(held)}\n`);
}

void main(process.argv[2] ?? '', Number(process.argv[3]));
