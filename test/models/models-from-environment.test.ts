import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failureType } from '../../src/contract/fail';
import { STALL_TIMEOUT_MS } from '../../src/contract/limits';
import { modelsFromEnvironment } from '../../src/models/models-from-environment';

const AWS = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

function thrownBy(act: () => unknown): { type: string | undefined; message: string } {
  try {
    act();
  } catch (error) {
    return { type: failureType(error), message: error instanceof Error ? error.message : '' };
  }
  throw new Error('nothing was thrown');
}

describe('models from the environment', () => {
  test('nothing set: starts, and resolving a model says what may be set', () => {
    const models = modelsFromEnvironment({});
    expect(models.configured).toBe(false);
    const { type, message } = thrownBy(() => models.resolve('medium'));
    expect(type).toBe('NoModelConfigured');
    for (const way of ['ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL', 'AWS_REGION', 'BATON_MODELS'])
      expect(message).toContain(way);
  });

  test("a key: gives Anthropic's models by name and tier, native schemas and a price", () => {
    const models = modelsFromEnvironment({ ANTHROPIC_API_KEY: 'k', ...AWS });
    const medium = models.resolve('medium');
    expect(medium).toMatchObject({ structuredOutput: 'native', provider: { name: 'anthropic' } });
    expect(medium.id).toBe(medium.vendorModel);
    expect(medium.price).toBeDefined();
    expect(models.resolve(medium.id)).toBe(medium);
    const tiers = ['heavy', 'medium', 'light'].map((tier) => models.resolve(tier).id);
    expect(new Set(tiers).size).toBe(3);
  });

  test('a model that is not there: is named together with those that are', () => {
    const models = modelsFromEnvironment({ ANTHROPIC_API_KEY: 'k' });
    const { type, message } = thrownBy(() => models.resolve('gpt-0'));
    expect(type).toBe('ModelNotFound');
    expect(message).toContain('gpt-0');
    expect(message).toContain('claude-');
  });

  test('a server of its own: one model for every tier, forced tool, unpriced, no key needed', () => {
    const models = modelsFromEnvironment({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:8080',
      BATON_MODEL: 'qwen',
    });
    for (const tier of ['heavy', 'medium', 'light'])
      expect(models.resolve(tier)).toMatchObject({ id: 'qwen', structuredOutput: 'tool' });
    expect(models.resolve('qwen').stallTimeoutMs).toBeGreaterThan(STALL_TIMEOUT_MS);
    expect(models.resolve('qwen').price).toBeUndefined();
    expect(models.description).toContain('http://127.0.0.1:8080');
  });

  test("Anthropic's own address: is no server of its own", () => {
    const models = modelsFromEnvironment({
      ANTHROPIC_BASE_URL: 'https://api.anthropic.com',
      ANTHROPIC_API_KEY: 'k',
    });
    expect(models.resolve('light').structuredOutput).toBe('native');
  });

  test('AWS: is used where there is nothing else, or where it is asked for', () => {
    for (const environment of [AWS, { ...AWS, ANTHROPIC_API_KEY: 'k', BATON_PROVIDER: 'bedrock' }])
      expect(modelsFromEnvironment(environment).resolve('heavy')).toMatchObject({
        provider: { name: 'bedrock' },
        vendorModel: expect.stringContaining('anthropic.claude'),
      });
    expect(modelsFromEnvironment({ AWS_REGION: 'eu-central-1' }).configured).toBe(false);
  });

  test('a provider that is asked for without its key: fails when its model is resolved', () => {
    const models = modelsFromEnvironment({ BATON_PROVIDER: 'anthropic' });
    const { type, message } = thrownBy(() => models.resolve('medium'));
    expect([type, message]).toEqual(['NoModelConfigured', expect.stringContaining('ANTHROPIC_API_KEY')]);
  });

  test.each([
    [{ BATON_PROVIDER: 'openai' }, 'openai'],
    [{ ANTHROPIC_BASE_URL: 'localhost 80' }, 'localhost 80'],
    [{ ANTHROPIC_API_KEY: 'k', BATON_MODEL: 'claude-9' }, 'claude-9'],
    [{ BATON_MODELS: '/nowhere/models.yaml' }, '/nowhere/models.yaml'],
  ])('a wrong setting %j: is named at the start', (environment, named) => {
    const { type, message } = thrownBy(() => modelsFromEnvironment(environment));
    expect([type, message]).toEqual(['InvalidInput', expect.stringContaining(named)]);
  });

  test('BATON_MODEL with a key: is every tier', () => {
    const models = modelsFromEnvironment({ ANTHROPIC_API_KEY: 'k', BATON_MODEL: 'claude-haiku-4-5' });
    expect(models.resolve('heavy').id).toBe('claude-haiku-4-5');
  });
});

describe('the file of BATON_MODELS', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'baton-models-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (text: string): string => {
    const path = join(folder, 'models.yaml');
    writeFileSync(path, text);
    return path;
  };

  test('models and tiers: add to those of the environment and replace equal ones', () => {
    const path = file(`
models:
  house:
    provider: anthropic
    model: house-7b
    baseURL: http://127.0.0.1:9999
    structuredOutput: prompt
    price: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 }
tiers:
  light: house
`);
    const models = modelsFromEnvironment({ ANTHROPIC_API_KEY: 'k', BATON_MODELS: path });
    expect(models.resolve('light')).toMatchObject({
      id: 'house',
      vendorModel: 'house-7b',
      structuredOutput: 'prompt',
      price: { input: 0 },
    });
    expect(models.resolve('heavy').id).toContain('claude-');
  });

  test('JSON: is read too, and a key may have its own variable', () => {
    const model = { provider: 'anthropic', model: 'm', apiKeyFrom: 'TEAM_KEY' };
    const path = file(JSON.stringify({ models: { m: model } }));
    expect(modelsFromEnvironment({ BATON_MODELS: path, TEAM_KEY: 'k' }).resolve('m').id).toBe('m');
    const { message } = thrownBy(() => modelsFromEnvironment({ BATON_MODELS: path }).resolve('m'));
    expect(message).toContain('TEAM_KEY');
  });

  test.each([
    ['models: [1', 'neither YAML nor JSON'],
    ['models: { m: { provider: openai, model: x } }', 'models.m.provider'],
    ['models: { m: { provider: anthropic, model: x, apiKey: secret } }', 'apiKey'],
    ['tiers: { light: nobody }', 'nobody'],
  ])('a broken file %j: says what is wrong', (text, told) => {
    const { type, message } = thrownBy(() => modelsFromEnvironment({ BATON_MODELS: file(text) }));
    expect(type).toBe('InvalidInput');
    expect(message).toContain(told);
  });
});
