import { BatonError } from '../../client/baton-error';

export type LoadedModule = Readonly<Record<string, unknown>>;

/** The exports of a compiled CommonJS module of the user's. Throws InvalidInput with the module's own words where loading it fails. */
export function loadModule(file: string): LoadedModule {
  try {
    return require(file) as LoadedModule;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new BatonError('InvalidInput', `${file} cannot be loaded: ${(error as Error).message}`, {
      cause: error,
      remedy:
        code === 'ERR_REQUIRE_ESM'
          ? 'Compile it to CommonJS ("module": "commonjs"), or export it from a .cjs file.'
          : 'Correct the module; BATON_DEBUG=1 prints where it failed.',
    });
  }
}
