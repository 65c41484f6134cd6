import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const MODULE = path.resolve(__dirname, '..', '..', 'dist', 'src', 'embedding', 'threaded-embedder.js');

/** Compiled code in a process of its own, as a worker runs it. */
async function inProcess(code: string): Promise<string> {
  const script = `const { threadedEmbedder } = require(${JSON.stringify(MODULE)});(async () => {${code}})();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return stdout.trim();
}

describe('the embedder in a thread', () => {
  test('answers each asker in order, leaves the process free meanwhile, and lets it end afterwards', async () => {
    const told = await inProcess(`
      const embedder = threadedEmbedder();
      await embedder.embed(['warm up']);
      let turns = 0;
      const clock = setInterval(() => { turns += 1; }, 2);
      const texts = Array.from({ length: 64 }, (_, index) => 'message number ' + index);
      const [many, [one]] = await Promise.all([embedder.embed(texts), embedder.embed([texts[7]])]);
      clearInterval(clock);
      const dot = many[7].reduce((sum, value, at) => sum + value * one[at], 0);
      console.log(JSON.stringify({ count: many.length, length: one.length, same: dot > 0.999, free: turns > 20 }));
    `);
    expect(JSON.parse(told)).toEqual({ count: 64, length: 512, same: true, free: true });
  }, 30_000);

  test('what the thread cannot embed fails whoever asked, and nobody else', async () => {
    const told = await inProcess(`
      const embedder = threadedEmbedder();
      const [bad, good] = await Promise.allSettled([embedder.embed([7]), embedder.embed(['fine'])]);
      console.log(bad.status, good.status);
    `);
    expect(told).toBe('rejected fulfilled');
  }, 30_000);
});
