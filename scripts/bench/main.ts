import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { type BenchPlace, withBenchPlace } from './bench-place';
import { benchCancel } from './cancel';
import { describeMachine } from './describe-machine';
import { benchFairness } from './fairness';
import { benchFanout } from './fanout';
import { benchHistory } from './history';
import { benchMap } from './map';
import { benchRegistry } from './registry';
import { benchResume } from './resume';
import { benchRouting, type RoutingFiles } from './routing';
import { benchStaging } from './staging';
import { benchStep } from './step';
import { benchWide } from './wide';

interface BenchOptions extends RoutingFiles {
  /** How many, where a bench can be made smaller. */
  readonly size?: number | undefined;
}

const BENCHES: Readonly<Record<string, (place: BenchPlace, options: BenchOptions) => Promise<object>>> = {
  step: benchStep,
  fanout: benchFanout,
  history: benchHistory,
  resume: benchResume,
  wide: benchWide,
  map: benchMap,
  staging: benchStaging,
  cancel: (place, { size }) => benchCancel(place, size),
  fairness: (place, { size }) => benchFairness(place, size),
  registry: (place, { size }) => benchRegistry(place, size),
};

/** Benches of what needs no server; they take the files that they measure with. */
const SERVERLESS: Readonly<
  Record<string, (say: (line: string) => void, files: RoutingFiles) => Promise<object>>
> = {
  routing: benchRouting,
};

/**
 * `bench <name> [--train file --test file] [--size n] [--json]`: with `--json` the last line on stdout is one JSON object, else a
 * readable one.
 */
async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      json: { type: 'boolean' },
      train: { type: 'string' },
      test: { type: 'string' },
      size: { type: 'string' },
    },
  });
  const [name = '', ...rest] = positionals;
  const onServer = BENCHES[name];
  const serverless = SERVERLESS[name];
  const names = [...Object.keys(BENCHES), ...Object.keys(SERVERLESS)];
  if ((onServer ?? serverless) === undefined || rest.length > 0)
    throw new Error(
      `usage: npm run bench -- <${names.join('|')}> [--train file --test file] [--size n] [--json]`,
    );
  const { json, size, ...files } = values;
  const date = new Date().toISOString();
  const loadBefore = loadavg();
  const say = (line: string): void => console.error(line);
  const figures =
    onServer === undefined
      ? { ...(await serverless?.(say, files)), node: process.version, cores: availableParallelism() }
      : await withBenchPlace(say, async (place) => ({
          ...(await onServer(place, { ...files, size: size === undefined ? undefined : Number(size) })),
          ...(await describeMachine(place)),
        }));
  const report = { bench: name, ...figures, loadBefore, loadAfter: loadavg(), date };
  console.log(JSON.stringify(report, undefined, json === true ? undefined : 2));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
