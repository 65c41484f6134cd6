import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { consoleNotifier } from '../../src/activities/notify/console-notifier';
import { webhookNotifier, webhookSignature } from '../../src/activities/notify/webhook-notifier';
import type { Notice } from '../../src/contract/approvals/notice';
import { approve, team } from '../../src/contract/builders';
import { type Engine, startEngine } from './engine';

const secret = 'a secret of some length';

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

describe('notifications', () => {
  let engine: Engine;
  const lines: string[] = [];
  const tries: { readonly id: string; readonly signature: string; readonly body: string }[] = [];
  const receiver = createServer(async (request, response) => {
    const body = await textOf(request);
    const header = (name: string) => String(request.headers[name]);
    tries.push({ id: header('baton-notice-id'), signature: header('baton-signature'), body });
    // The first try of every notice fails: a redirect is no delivery either.
    const again = tries.filter(({ id }) => id === header('baton-notice-id')).length > 1;
    response.writeHead(again ? 204 : 302, { location: '/elsewhere' }).end();
  });
  beforeAll(async () => {
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    const { port } = receiver.address() as AddressInfo;
    engine = await startEngine({
      notifiers: [
        webhookNotifier({ url: `http://127.0.0.1:${port}/hook/secret-part`, secret }),
        consoleNotifier((line) => lines.push(line)),
      ],
    });
  });
  afterAll(async () => {
    await engine.stop();
    await new Promise((closed) => receiver.close(closed));
  });

  test('asked and escalated: posted, signed, sent again until it is taken, each under one id', async () => {
    const asking = team(
      'telling',
      approve('Send it?', { approvers: ['ann'], escalate: [{ after: '1s', to: ['boss'] }] }),
    );
    const run = await engine.start(asking, 'go', { notify: true });
    const approval = await run.waiting();
    await engine.until(() => new Set(tries.map(({ id }) => id)).size === 2 && tries.length === 4);
    const notices = tries.map(({ body }) => JSON.parse(body) as Notice);
    expect(notices.map(({ event }) => event).sort()).toEqual(['asked', 'asked', 'escalated', 'escalated']);
    for (const notice of notices)
      expect(notice).toMatchObject({
        run: run.id,
        approval: approval.id,
        hash: approval.hash,
        to: notice.event === 'asked' ? ['ann'] : ['boss'],
      });
    for (const { signature, body, id } of tries) {
      const [, seconds = '', given] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
      expect(given).toBe(webhookSignature(secret, Number(seconds), body));
      expect(given).not.toBe(webhookSignature('another secret here', Number(seconds), body));
      expect((JSON.parse(body) as Notice).id).toBe(id);
    }
    expect(lines.some((line) => line.includes('Send it?') && line.includes('ann'))).toBe(true);
    await run.decide({ approval: approval.id, hash: approval.hash, verdict: 'approve', by: 'ann' });
    expect((await run.result()).state).toBe('done');
    expect(JSON.stringify(await run.history())).not.toContain('secret-part');
  });

  test('a run that was started without it tells nobody', async () => {
    tries.length = 0;
    const run = await engine.start(team('quiet', approve('Quietly?')), 'go');
    const approval = await run.waiting();
    await run.decide({ approval: approval.id, hash: approval.hash, verdict: 'approve', by: 'ann' });
    await run.result();
    expect(tries).toEqual([]);
  });
});
