import { loadavg } from 'node:os';
import { type BenchPlace, withBenchPlace } from './bench-place';
import { describeMachine } from './describe-machine';
import { benchFanout } from './fanout';
import { benchHistory } from './history';
import { benchResume } from './resume';
import { benchStep } from './step';
import { benchWide } from './wide';

const BENCHES: Readonly<Record<string, (place: BenchPlace) => Promise<object>>> = {
  step: benchStep,
  fanout: benchFanout,
  history: benchHistory,
  resume: benchResume,
  wide: benchWide,
};

/** `bench <name> [--json]`: with `--json` the last line on stdout is one JSON object, else a readable one. */
async function main(args: readonly string[]): Promise<void> {
  const [name, ...rest] = args.filter((arg) => arg !== '--json');
  const bench = BENCHES[name ?? ''];
  if (name === undefined || bench === undefined || rest.length > 0)
    throw new Error(`usage: npm run bench -- <${Object.keys(BENCHES).join('|')}> [--json]`);
  const date = new Date().toISOString();
  const loadBefore = loadavg();
  const say = (line: string): void => console.error(line);
  const figures = await withBenchPlace(say, async (place) => ({
    ...(await bench(place)),
    ...(await describeMachine(place)),
  }));
  const report = { bench: name, ...figures, loadBefore, loadAfter: loadavg(), date };
  console.log(JSON.stringify(report, undefined, args.includes('--json') ? undefined : 2));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
