import type { Check } from '../check.js';

/**
 * # message-room-resolves
 *
 * **Must hold.** The room of every message is in the package. Said once for each missing room.
 *
 * **Basis.** Database schema, tblChat.channelId; no foreign key guards it.
 *
 * **Severity.** error
 *
 * **Remedy.** Carry the room, or exclude its messages with it.
 *
 * **Memory.** The ids of the missing rooms.
 */
export const messageRoomResolves: Check = {
  id: 'message-room-resolves',
  severities: ['error'],
  needs: ['room'],
  begin: ({ directory }) => {
    const missing = new Set<number>();
    let resolved = Number.NaN;
    return {
      message({ roomId }, say) {
        if (roomId === resolved) return;
        if (directory.roomById.has(roomId)) {
          resolved = roomId;
        } else if (!missing.has(roomId)) {
          missing.add(roomId);
          say({ message: `Unexpected messages of room ${roomId}, expected a room of the package` });
        }
      },
    };
  },
};
