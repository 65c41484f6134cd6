import { realpathSync } from 'node:fs';
import { posix } from 'node:path';
import { z } from 'zod';
import { defineTool } from '../../src/tools/define-tool';
import { openInside } from '../../src/tools/files/inside-root';
import type { Tool } from '../../src/tools/tool';
import { failureKindSchema, orderBatchSchema, rawBatchSchema, topicsSchema } from './batch';
import { enrichOrders } from './enrich-orders';
import { failOnPurpose } from './fail-on-purpose';
import { formatOrders, resultSchema } from './format-orders';
import { readRecords } from './read-records';
import { EXACT, validateRecords } from './validate-records';

const READ = { effect: 'read', repeat: 'safe' } as const;
const rawStage = z.object({ batch: rawBatchSchema, fail: failureKindSchema.default(null) });
const orderStage = z.object({ batch: orderBatchSchema, fail: failureKindSchema.default(null) });

/** The stages that need no model. Only files below `filesRoot` can be read. */
export function createTools({ filesRoot }: { readonly filesRoot: string }): readonly Tool[] {
  const read = async (path: string): Promise<string> => {
    const { handle } = await openInside({ folder: realpathSync(filesRoot), hides: () => false }, path);
    return handle.readFile('utf8').finally(() => handle.close());
  };

  const extract = defineTool({
    name: 'extract_records',
    description: 'Reads the records of a CSV or JSON lines file.',
    ...READ,
    input: z.object({ file: z.string(), fail: failureKindSchema.default(null) }),
    output: rawBatchSchema,
    run: async ({ file, fail }, context) => {
      failOnPurpose(fail, context);
      return readRecords(await read(file));
    },
  });

  const enrich = defineTool({
    name: 'enrich_orders',
    description: "Adds the customer's country and segment and the amount in euros.",
    ...READ,
    input: orderStage.extend({ file: z.string() }),
    output: orderBatchSchema,
    run: async ({ batch, file, fail }, context) => {
      failOnPurpose(fail, context);
      const beside = (name: string): Promise<string> => read(posix.join(posix.dirname(file), name));
      const [customers, rates] = await Promise.all([beside('customers.csv'), beside('rates.csv')]);
      return enrichOrders(batch, {
        customers: readRecords(customers).records,
        rates: readRecords(rates).records,
      });
    },
  });

  return [extract, validate, keepExact, enrich, keepPlain, listComments, format];
}

const validate = defineTool({
  name: 'validate_records',
  description: 'Makes orders of records, forgiving the usual notations of dates and amounts.',
  ...READ,
  input: rawStage,
  output: orderBatchSchema,
  run: async ({ batch, fail }, context) => {
    failOnPurpose(fail, context);
    return validateRecords(batch);
  },
});

const keepExact = defineTool({
  name: 'keep_exact_records',
  description: 'Makes orders of the records that need no repair.',
  ...READ,
  input: rawStage,
  output: orderBatchSchema,
  run: async ({ batch }) => {
    const note = 'validate: failed, so only records in the exact notation were kept';
    return validateRecords({ ...batch, notes: [...batch.notes, note] }, EXACT);
  },
});

const keepPlain = defineTool({
  name: 'keep_plain_orders',
  description: 'Passes orders on as they are.',
  ...READ,
  input: orderStage,
  output: orderBatchSchema,
  run: async ({ batch }) => ({
    ...batch,
    notes: [...batch.notes, 'enrich: failed, so countries, segments and euros are missing'],
  }),
});

const listComments = defineTool({
  name: 'list_comments',
  description: 'Lists the orders that have a comment.',
  ...READ,
  input: orderStage,
  output: z.array(z.object({ id: z.string(), comment: z.string() })),
  run: async ({ batch, fail }, context) => {
    failOnPurpose(fail, context);
    return batch.records.filter(({ comment }) => comment !== '').map(({ id, comment }) => ({ id, comment }));
  },
});

const format = defineTool({
  name: 'format_orders',
  description: 'Writes the orders as a table, with totals and what was dropped.',
  ...READ,
  input: orderStage.extend({ topics: topicsSchema.nullable() }),
  output: resultSchema,
  run: async ({ batch, topics, fail }, context) => {
    failOnPurpose(fail, context);
    return formatOrders(batch, topics);
  },
});
