import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { failure } from '../contract/fail';
import { configuredModels, type Environment } from './configured-models';
import { ANTHROPIC_MODELS, BEDROCK_MODELS, localModels } from './known-models';
import { type ModelsFile, modelsFileSchema } from './model-config';
import type { Models } from './models';

const NONE: ModelsFile = { models: {}, tiers: {}, pools: {} };

/** Name of a local server's model where BATON_MODEL says none; most such servers serve one and ignore the name. */
const LOCAL_MODEL = 'local';

/**
 * A worker's models, as its environment says: ANTHROPIC_BASE_URL (a server that speaks Anthropic's protocol, with the
 * model BATON_MODEL), else ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN, else AWS_REGION with AWS credentials.
 * BATON_PROVIDER (`anthropic` or `bedrock`) decides where both are set, and takes credentials that this cannot see,
 * such as an instance's role. The file that BATON_MODELS names adds models and tiers and replaces equal ones.
 * Never fails for want of a model: resolving one does. Throws InvalidInput for a broken file or BATON_PROVIDER.
 */
export function modelsFromEnvironment(environment: Environment): Models {
  const [found, source] = fromVariables(environment);
  const path = environment.BATON_MODELS;
  if (path === undefined || path === '') return configuredModels(found, environment, source);
  const file = readModelsFile(path);
  const merged: ModelsFile = {
    models: { ...found.models, ...file.models },
    tiers: { ...found.tiers, ...file.tiers },
    pools: { ...found.pools, ...file.pools },
  };
  checkTiers(merged, path);
  return configuredModels(merged, environment, found === NONE ? path : `${source} and ${path}`);
}

function fromVariables(environment: Environment): [ModelsFile, string] {
  const has = (name: string): boolean => environment[name] !== undefined && environment[name] !== '';
  const wanted = environment.BATON_PROVIDER;
  if (wanted !== undefined && wanted !== '' && wanted !== 'anthropic' && wanted !== 'bedrock')
    throw failure('InvalidInput', `BATON_PROVIDER is "${wanted}": it may be "anthropic" or "bedrock".`);
  if (wanted === 'bedrock') return [BEDROCK_MODELS, 'Amazon Bedrock'];
  const baseURL = environment.ANTHROPIC_BASE_URL;
  if (baseURL !== undefined && baseURL !== '' && !isAnthropics(baseURL))
    return [localModels(baseURL, environment.BATON_MODEL || LOCAL_MODEL), baseURL];
  if (wanted === 'anthropic' || has('ANTHROPIC_API_KEY') || has('ANTHROPIC_AUTH_TOKEN'))
    return [withDefault(ANTHROPIC_MODELS, environment.BATON_MODEL), 'Anthropic'];
  const region = has('AWS_REGION') || has('AWS_DEFAULT_REGION');
  const keys = has('AWS_ACCESS_KEY_ID') || has('AWS_PROFILE') || has('AWS_BEARER_TOKEN_BEDROCK');
  return region && keys ? [BEDROCK_MODELS, 'Amazon Bedrock'] : [NONE, 'none'];
}

function isAnthropics(baseURL: string): boolean {
  if (!URL.canParse(baseURL))
    throw failure('InvalidInput', `ANTHROPIC_BASE_URL is "${baseURL}", which is no URL.`);
  return new URL(baseURL).hostname.endsWith('.anthropic.com');
}

/** BATON_MODEL names one known model for every tier: a quick way to try a run on something cheap. */
function withDefault(known: ModelsFile, model: string | undefined): ModelsFile {
  if (model === undefined || model === '') return known;
  if (known.models[model] === undefined)
    throw failure(
      'InvalidInput',
      `BATON_MODEL is "${model}", which is not among ${Object.keys(known.models).join(', ')}. Describe it in the file that BATON_MODELS names.`,
    );
  return { ...known, tiers: { heavy: model, medium: model, light: model } };
}

function readModelsFile(path: string): ModelsFile {
  const invalid = (what: string): Error =>
    failure('InvalidInput', `BATON_MODELS names ${path}, which ${what}`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw invalid('cannot be read.');
  }
  let data: unknown;
  try {
    data = parse(text);
  } catch (error) {
    throw invalid(`is neither YAML nor JSON: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  const file = modelsFileSchema.safeParse(data);
  if (!file.success) throw invalid(`is not a model configuration:\n${z.prettifyError(file.error)}`);
  return file.data;
}

function checkTiers({ models, tiers }: ModelsFile, path: string): void {
  const lost = Object.entries(tiers).filter(([, id]) => models[id] === undefined);
  if (lost.length === 0) return;
  const told = lost.map(([tier, id]) => `${tier} is "${id}"`).join(', ');
  throw failure(
    'InvalidInput',
    `BATON_MODELS names ${path}, whose tiers name models that are not there: ${told}. There are ${Object.keys(models).join(', ')}.`,
  );
}
