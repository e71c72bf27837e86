import type { Place } from '@chatferry/export';
import type { RecordKind } from '../check.js';
import type {
  TargetAddIn,
  TargetAffiliation,
  TargetCategory,
  TargetDirectory,
  TargetDirectoryRecord,
  TargetLastChatId,
  TargetPrincipal,
  TargetRoom,
} from '../target-record.js';

/**
 * The directory as the package has it: lists in the order of the documents (duplicates included) and the first
 * record of each key. Memory: all records but messages, and one place each.
 */
export class PackageDirectory implements TargetDirectory {
  readonly principals: TargetPrincipal[] = [];
  readonly affiliations: TargetAffiliation[] = [];
  readonly addIns: TargetAddIn[] = [];
  readonly categories: TargetCategory[] = [];
  readonly rooms: TargetRoom[] = [];
  readonly lastChatIds: TargetLastChatId[] = [];
  readonly principalById = new Map<number, TargetPrincipal>();
  readonly categoryById = new Map<number, TargetCategory>();
  readonly roomById = new Map<number, TargetRoom>();
  readonly addInById = new Map<string, TargetAddIn>();
  /** Kinds of which a record could not be read, so that a missing reference proves nothing. */
  readonly incomplete = new Set<RecordKind>();
  /** Whether every document that is there was read to its end. */
  isReadToItsEnd = true;
  readonly #places = new Map<TargetDirectoryRecord, Place>();

  add(record: TargetDirectoryRecord, place: Place): void {
    this.#places.set(record, place);
    switch (record.kind) {
      case 'principal':
        this.principals.push(record);
        keepFirst(this.principalById, record.id, record);
        break;
      case 'affiliation':
        this.affiliations.push(record);
        break;
      case 'addIn':
        this.addIns.push(record);
        keepFirst(this.addInById, record.id, record);
        break;
      case 'category':
        this.categories.push(record);
        keepFirst(this.categoryById, record.id, record);
        break;
      case 'room':
        this.rooms.push(record);
        keepFirst(this.roomById, record.id, record);
        break;
      case 'lastChatId':
        this.lastChatIds.push(record);
        break;
    }
  }

  placeOf(record: TargetDirectoryRecord): Place | null {
    return this.#places.get(record) ?? null;
  }
}

function keepFirst<K, V>(map: Map<K, V>, key: K, value: V): void {
  if (!map.has(key)) map.set(key, value);
}
