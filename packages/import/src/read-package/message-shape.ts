import { Buffer } from 'node:buffer';
import {
  CODING,
  type Coding,
  MOST_NAME_BYTES,
  type RecordBatch,
  RecordShape,
  type TextValue,
} from '@chatferry/export';
import type { DocumentLayout } from '../layout/layout.js';
import type { PackageMessage } from './package-message.js';

/** Slots by field, in the codings that the package has. */
const CODING_OF_FIELD: Readonly<Record<string, Coding>> = {
  id: CODING.CANONICAL_INT64,
  date: CODING.CANONICAL_INT64,
  userId: CODING.CANONICAL_INT32,
  alert: CODING.FLAG,
  content: CODING.TEXT,
  rtf: CODING.TEXT,
  roomId: CODING.CANONICAL_INT32,
};
const FIELDS = Object.keys(CODING_OF_FIELD);
const [ID, DATE, USER, ALERT, CONTENT, RTF, ROOM] = [0, 1, 2, 3, 4, 5, 6] as const;

/** How the messages of a layout look to the kernel, so that they can be read many at a time. */
export interface MessageShape {
  readonly record: RecordShape;
  /** Fills the message, and `rtf` when it has rich text. */
  read(batch: RecordBatch, record: number, into: MessageHome): void;
}

export interface MessageHome {
  readonly message: PackageMessage;
  readonly rtf: TextValue;
  /** The room of the group around the message. */
  readonly groupRoomId: number;
}

/**
 * null: the layout has something that the kernel does not know, such as a constant or a prefix; all is read by tokens
 * then.
 */
export function messageShape({ record }: DocumentLayout): MessageShape | null {
  const name = Buffer.from(record.name);
  if (name.length > MOST_NAME_BYTES || record.name.includes(':')) return null;
  const paths = [...record.attributes, ...record.children];
  const required: number[] = [];
  for (const path of paths) {
    if ('entry' in path || path.field === null || path.name.includes(':')) return null;
    const slot = FIELDS.indexOf(path.field);
    if (slot < 0) return null;
    if (!path.optional) required.push(slot);
  }
  const shape = new RecordShape(name, { required, isCompact: true, escapes: false });
  for (const path of paths) {
    if ('entry' in path || path.field === null) return null;
    const add = record.attributes.includes(path) ? shape.addAttribute : shape.addChild;
    const slot = FIELDS.indexOf(path.field);
    const isAdded = add.call(shape, Buffer.from(path.name), slot, CODING_OF_FIELD[path.field] as Coding);
    if (!isAdded) return null;
  }
  return { record: shape, read };
}

function read(batch: RecordBatch, record: number, { message, rtf, groupRoomId }: MessageHome): void {
  const slots = batch.slots(record);
  message.roomId = (slots & (1 << ROOM)) === 0 ? groupRoomId : batch.int32(record, ROOM);
  message.id = batch.int64(record, ID);
  message.date = batch.int64(record, DATE);
  batch.digits(record, ID, message.idDigits);
  batch.digits(record, DATE, message.dateDigits);
  message.userId = batch.int32(record, USER);
  message.alert = batch.int32(record, ALERT) !== 0;
  batch.text(record, CONTENT, message.content);
  message.rtf = (slots & (1 << RTF)) === 0 ? null : rtf;
  if (message.rtf !== null) batch.text(record, RTF, rtf);
}
