import { DefaultFailureConverter } from '@temporalio/common';

/**
 * Temporal's own converter with messages and stack traces in a payload, where codecs encrypt them; by default they stand
 * beside the payloads, in the clear. The SDK finds it by the name of this file, in workflows and outside of them.
 */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
