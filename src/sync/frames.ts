// The frames of the native socket: bytes to typed values and back, no I/O.

import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

import type { ICondition, IEnvelope, IStreamPiece, Role } from '../tokens';
import type { IRunsWire } from './runswire';

/**
 * First varuint of every frame.
 */
enum Type {
  Sync = 0,
  Awareness = 1,
  Hello = 16,
  Ack = 17,
  Events = 18,
  State = 19,
  Denied = 20,
  Ping = 21,
  Stream = 22,
  Notice = 23
}

/**
 * Second varuint of a sync frame, as in y-protocols.
 */
enum Sync {
  Step1 = 0,
  Step2 = 1,
  Update = 2
}

/**
 * The first frame of a connection: which notebook this is and who we are in it.
 */
export interface IHello {
  readonly id: string;
  readonly lineage: string;
  readonly seq: number;
  readonly role: Role;

  /**
   * The server's number of this connection.
   */
  readonly client: number;
  readonly path?: string;
  readonly saved_seq?: number;
  readonly exported_seq?: number;

  /**
   * The seq of the last change of the document.
   */
  readonly changed_seq?: number;
  readonly limits?: { readonly update: number; readonly step2: number };

  /**
   * The Yjs client id under which the server writes outputs of runs, and nobody else.
   */
  readonly writer?: number;
}

/**
 * What the server sends. `other` are frames that this client has no use for.
 */
export type ServerFrame =
  | { readonly type: 'step1'; readonly vector: Uint8Array }
  | { readonly type: 'step2'; readonly update: Uint8Array }
  | { readonly type: 'update'; readonly update: Uint8Array }
  | { readonly type: 'awareness'; readonly update: Uint8Array }
  | { readonly type: 'hello'; readonly hello: IHello }
  | { readonly type: 'ack'; readonly n: number; readonly seq: number }
  | { readonly type: 'events'; readonly events: readonly IEnvelope[] }
  | { readonly type: 'state'; readonly state: IRunsWire }
  | { readonly type: 'stream'; readonly piece: IStreamPiece }
  | { readonly type: 'denied'; readonly code: string; readonly message: string }
  | {
      readonly type: 'notice';
      readonly conditions: readonly ICondition[];
      readonly role: Role | null;
    }
  | { readonly type: 'other' };

/**
 * Read a frame.
 *
 * @throws an error when the frame is cut or its JSON is not valid.
 */
export function decode(data: Uint8Array): ServerFrame {
  const decoder = decoding.createDecoder(data);
  const type: Type = decoding.readVarUint(decoder);
  switch (type) {
    case Type.Sync:
      return decodeSync(decoder);
    case Type.Awareness:
      return {
        type: 'awareness',
        update: decoding.readVarUint8Array(decoder)
      };
    case Type.Hello:
      return { type: 'hello', hello: json(decoder) };
    case Type.Ack:
      return {
        type: 'ack',
        n: decoding.readVarUint(decoder),
        seq: decoding.readVarUint(decoder)
      };
    case Type.Events:
      return { type: 'events', events: json(decoder) };
    case Type.State:
      return { type: 'state', state: json(decoder) };
    case Type.Stream:
      return { type: 'stream', piece: json(decoder) };
    case Type.Denied:
      return {
        type: 'denied',
        ...json<{ code: string; message: string }>(decoder)
      };
    case Type.Notice: {
      const notice = json<{ conditions: ICondition[]; role?: Role }>(decoder);
      return {
        type: 'notice',
        conditions: notice.conditions,
        role: notice.role ?? null
      };
    }
    case Type.Ping:
    default:
      return { type: 'other' };
  }
}

function decodeSync(decoder: decoding.Decoder): ServerFrame {
  const kind: Sync = decoding.readVarUint(decoder);
  const payload = decoding.readVarUint8Array(decoder);
  switch (kind) {
    case Sync.Step1:
      return { type: 'step1', vector: payload };
    case Sync.Step2:
      return { type: 'step2', update: payload };
    case Sync.Update:
      return { type: 'update', update: payload };
    default:
      return { type: 'other' };
  }
}

function json<T>(decoder: decoding.Decoder): T {
  const rest = decoding.readTailAsUint8Array(decoder);
  return JSON.parse(new TextDecoder().decode(rest)) as T;
}

function sync(kind: Sync, payload: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, Type.Sync);
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}

/**
 * "This is what I have": the other side answers with what is missing in it.
 */
export function step1(vector: Uint8Array): Uint8Array {
  return sync(Sync.Step1, vector);
}

/**
 * The answer to a step1.
 */
export function step2(update: Uint8Array): Uint8Array {
  return sync(Sync.Step2, update);
}

/**
 * One change.
 */
export function update(change: Uint8Array): Uint8Array {
  return sync(Sync.Update, change);
}

/**
 * A y-protocols awareness update.
 */
export function awareness(change: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, Type.Awareness);
  encoding.writeVarUint8Array(encoder, change);
  return encoding.toUint8Array(encoder);
}

/**
 * A sign of life.
 */
export function ping(): Uint8Array {
  return Uint8Array.of(Type.Ping);
}
