import { EARLIEST_CREDIBLE_TICK, isInstant, isoTicks, LAST_TICK, ticksToText } from '../messages/ticks.js';

/**
 * Tells the year of a date by two comparisons with the bounds of the year before it, and works a year out only
 * when it changes.
 */
export class YearOfTicks {
  /** 1 to 9999; null when the last date is no instant. */
  year: number | null = null;
  readonly #latest: bigint;
  #from = 1n;
  #to = 0n;
  /** Whether every instant of the year is credible. */
  #isCredible = false;

  /** @param latest the date of the export, in ticks; later ones are suspect. null when it is not known. */
  constructor(latest: bigint | null) {
    this.#latest = latest !== null && latest < LAST_TICK ? latest : LAST_TICK;
  }

  /** Sets `year`; answers what rule message-date-unusable makes of the date. */
  take(ticks: bigint): 'credible' | 'incredible' | 'unusable' {
    if (ticks < this.#from || ticks >= this.#to) {
      if (!isInstant(ticks)) {
        this.year = null;
        this.#from = 1n;
        this.#to = 0n;
        return 'unusable';
      }
      this.#enter(ticks);
    }
    if (this.#isCredible) return 'credible';
    return ticks >= EARLIEST_CREDIBLE_TICK && ticks <= this.#latest ? 'credible' : 'incredible';
  }

  #enter(ticks: bigint): void {
    const year = Number(ticksToText(ticks).slice(0, 4));
    this.year = year;
    this.#from = yearStart(year);
    this.#to = year === 9999 ? LAST_TICK + 1n : yearStart(year + 1);
    this.#isCredible = this.#from >= EARLIEST_CREDIBLE_TICK && this.#to - 1n <= this.#latest;
  }
}

/** Ticks of the first instant of a year; at most 9999 of them. */
const STARTS = new Map<number, bigint>();

function yearStart(year: number): bigint {
  let start = STARTS.get(year);
  if (start === undefined) {
    start = isoTicks(`${String(year).padStart(4, '0')}-01-01`) as bigint;
    STARTS.set(year, start);
  }
  return start;
}
