import { agent, type Part } from '../../src/contract/builders';

export const who = (name: string): Part =>
  agent({ name, description: `Knows ${name}.`, instructions: `You are ${name}.` });

/** A small desk: two routes, one of them with two intents, and what belongs to neither. */
export const EXAMPLES = {
  'billing/refund': [
    'i want my money back',
    'please refund my payment',
    'can i get a refund for this',
    'you charged me twice, refund one',
  ],
  'billing/invoice': [
    'send me the invoice',
    'where can i download my invoice',
    'my invoice has the wrong address',
    'i need a bill for my taxes',
  ],
  orders: [
    'where is my parcel',
    'when will my order arrive',
    'track my delivery',
    'cancel the order i placed yesterday',
    'change the delivery address of my order',
  ],
  otherwise: ['what is the weather today', 'tell me a joke', 'who won the football match', 'sing a song'],
};
