import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { SEARCH_ATTRIBUTE_TYPES } from '../../src/contract/names';
import { dynamicConfigArguments } from '../../src/server/dynamic-config';
import { findTemporal } from '../../src/server/find-temporal';
import { TEMPORAL_SERVER_VERSION, TEMPORAL_UI_VERSION } from '../../src/server/pinned-versions';
import { askHealth } from '../../src/server/server-health';
import { CACHE_DIRECTORY } from '../setup/folders';
import { sharedServer } from '../setup/shared-server';
import { ROOT } from '../sources';

const serviceSchema = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  healthcheck: z.object({ test: z.tuple([z.enum(['CMD', 'CMD-SHELL']), z.string()], z.string()) }).optional(),
  depends_on: z
    .record(
      z.string(),
      z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully']) }),
    )
    .default({}),
});

const compose = z
  .object({ services: z.record(z.string(), serviceSchema), volumes: z.record(z.string(), z.null()) })
  .parse(parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }));
const services = Object.entries(compose.services);

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

describe('docker-compose.yml', () => {
  test('every image is pinned to a full version', () => {
    for (const [, { image }] of services) expect(image).toMatch(/:\d+\.\d+(\.\d+)?$/);
    expect(read('Dockerfile').match(/^FROM .*$/gm)).toEqual([
      expect.stringMatching(/^FROM node:\d+\.\d+-/),
      expect.stringMatching(/^FROM node:\d+\.\d+-/),
    ]);
  });

  test('server and tools are the version that the embedded server has', () => {
    const imageOf = (service: string) => compose.services[service]?.image;
    expect(imageOf('temporal')).toBe(`temporalio/server:${TEMPORAL_SERVER_VERSION}`);
    expect(imageOf('temporal-schema')).toBe(`temporalio/admin-tools:${TEMPORAL_SERVER_VERSION}`);
    expect(imageOf('temporal-namespace')).toBe(`temporalio/admin-tools:${TEMPORAL_SERVER_VERSION}`);
    expect(imageOf('temporal-ui')).toBe(`temporalio/ui:${TEMPORAL_UI_VERSION}`);
  });

  test('what is waited for can be waited for: healthy services have a check, completed ones end', () => {
    for (const [, { depends_on: dependencies }] of services) {
      for (const [name, { condition }] of Object.entries(dependencies)) {
        const awaited = compose.services[name];
        expect(awaited).toBeDefined();
        expect(awaited?.healthcheck === undefined).toBe(condition === 'service_completed_successfully');
      }
    }
  });

  test('every mounted file and volume exists', () => {
    for (const [, { volumes }] of services) {
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) expect(existsSync(join(ROOT, source))).toBe(true);
        else expect(compose.volumes).toHaveProperty([source]);
      }
    }
  });

  test('the server reads the settings of the embedded one', () => {
    const server = compose.services.temporal;
    const target = server?.environment.DYNAMIC_CONFIG_FILE_PATH;
    expect(server?.volumes).toEqual([`./deploy/dynamic-config.yaml:${target}:ro`]);
  });

  test('ports are offered to this machine only', () => {
    const ports = services.flatMap(([, service]) => service.ports);
    expect(ports).not.toHaveLength(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe('deploy', () => {
  test('setup-namespace.sh: adds the search attributes of the contract', () => {
    const [, list = ''] =
      /<<ATTRIBUTES\n([\s\S]*?)\nATTRIBUTES/.exec(read('deploy/setup-namespace.sh')) ?? [];
    expect(Object.fromEntries(list.split('\n').map((line) => line.split(' ')))).toEqual(
      SEARCH_ATTRIBUTE_TYPES,
    );
  });

  test('setup-schema.sh: is a shell script without syntax errors', () => {
    expect(() => execFileSync('sh', ['-n', join(ROOT, 'deploy', 'setup-schema.sh')])).not.toThrow();
  });

  test('setup-namespace.sh: makes the namespace and its attributes, and changes nothing the second time', async () => {
    const { address } = sharedServer();
    const folder = await mkdtemp(join(tmpdir(), 'baton-path-'));
    const search = { env: process.env, cacheDirectory: CACHE_DIRECTORY, report: () => undefined };
    await symlink(await findTemporal(search), join(folder, 'temporal'));
    const namespace = `compose-${process.pid}`;
    const settings = { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
    const env = { ...process.env, ...settings, PATH: `${folder}${delimiter}${process.env.PATH}` };
    // As compose does: restarted until it succeeds.
    const once = () =>
      promisify(execFile)('sh', [join(ROOT, 'deploy', 'setup-namespace.sh')], { env }).then(
        ({ stdout }) => stdout,
        () => undefined,
      );
    try {
      while ((await once()) === undefined);
      let missing: string[] = ['not asked'];
      while (missing.length > 0) {
        missing = await askHealth({ connectionOptions: { address }, namespace, timeoutMs: 5_000 });
      }
      expect(await once()).not.toMatch(/created|added/i);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 60_000);

  test('dynamic-config.yaml: raises the poll rates and what may come in during a task, shortens timers, turns fairness on over whole queues', async () => {
    const settings = (await dynamicConfigArguments()).filter(
      (argument) => argument !== '--dynamic-config-value',
    );
    expect(settings).toEqual([
      'history.transferProcessorMaxPollRPS=2000',
      'history.timerProcessorMaxPollRPS=2000',
      'history.timerProcessorMaxTimeShift="10ms"',
      'history.longPollExpirationInterval="2s"',
      'matching.enableFairness=true',
      'matching.numTaskqueueReadPartitions=1',
      'matching.numTaskqueueWritePartitions=1',
      'history.maximumBufferedEventsBatch=2000',
    ]);
  });
});
