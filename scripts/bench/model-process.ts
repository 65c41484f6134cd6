import { startModelServer } from '../../src/testing/model-server';
import { branchLatencyMs, branchReply } from './resume-team';
import type { SeenCall } from './start-model';

/** The model of the resume bench, apart from everything that is killed: tells its address, and its log when asked. */
async function main(): Promise<void> {
  const branches: string[] = [];
  const model = await startModelServer({
    latencyMs: branchLatencyMs,
    reply: (request) => {
      branches[request.index] = request.system;
      return branchReply(request);
    },
  });
  process.on('message', () => {
    const calls: SeenCall[] = model
      .calls()
      .map((call, index) => ({ ...call, branch: branches[index] ?? '' }));
    process.send?.(calls);
  });
  process.on('SIGTERM', () => {
    model.close().then(() => process.disconnect(), fail);
  });
  process.send?.(model.url);
}

function fail(error: unknown): void {
  console.error(error);
  process.exit(1);
}

main().catch(fail);
