import { randomBytes } from 'node:crypto';

/**
 * 16 bytes that nobody knows, another in each process. A sum of hashes that begin with it cannot be aimed at: whoever
 * wrote the messages could otherwise choose some that add up to the sum of others (Wagner, "A Generalized Birthday
 * Problem", 2002). It must reach no output.
 */
export const SECRET: string = randomBytes(16).toString('latin1');
