import { Context } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { withHeartbeat } from '../../src/activities/with-heartbeat';

function beats(environment: MockActivityEnvironment): unknown[] {
  const heard: unknown[] = [];
  environment.on('heartbeat', (details: unknown) => heard.push(details));
  return heard;
}

/** Work that ends when so many heartbeats were heard. */
function untilBeats(environment: MockActivityEnvironment, count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    environment.on('heartbeat', () => {
      left -= 1;
      if (left === 0) resolve();
    });
  });
}

test('withHeartbeat: beats from a timer while the work is silent, with its progress, and stops after it', async () => {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 20 });
  const heard = beats(environment);
  const silent = untilBeats(environment, 3);
  await environment.run(() =>
    withHeartbeat(
      Context.current(),
      () => silent,
      () => 'turn 2',
    ),
  );
  expect(heard).toEqual(['turn 2', 'turn 2', 'turn 2']);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(heard).toHaveLength(3);
});

test.each([
  ['without a heartbeat timeout', {}],
  ['in a local activity', { heartbeatTimeoutMs: 20, isLocal: true }],
])('withHeartbeat: sends none %s', async (_, info) => {
  const environment = new MockActivityEnvironment(info);
  const heard = beats(environment);
  await environment.run(() =>
    withHeartbeat(Context.current(), () => new Promise<void>((resolve) => setTimeout(resolve, 40))),
  );
  expect(heard).toEqual([]);
});

test('withHeartbeat: a cancelled activity throws CancelledFailure, whatever its work threw', async () => {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 1000 });
  const cancelled = environment.run(() =>
    withHeartbeat(Context.current(), async () => {
      environment.cancel('CANCELLED');
      throw new TypeError('socket hang up');
    }),
  );
  await expect(cancelled).rejects.toBeInstanceOf(CancelledFailure);
});

test("withHeartbeat: without a cancellation the error is the work's own", async () => {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 1000 });
  const failed = environment.run(() =>
    withHeartbeat(Context.current(), () => Promise.reject(new TypeError('mine'))),
  );
  await expect(failed).rejects.toThrow('mine');
});
