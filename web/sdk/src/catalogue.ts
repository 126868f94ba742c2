/** Types of actions and events by their names, for the compiler only: nothing of this file reaches a bundle. */
import type { ActionShapes, EventShapes } from "./catalogue.gen.ts";
import type { EventEnvelope, Fields, Open, Shape, Wait } from "./wire.ts";

export type ActionType = keyof ActionShapes;
export type EventType = keyof EventShapes;

/** Words a screen passes on may come from a newer node, so none is refused here. */
type Worded<T> = { [K in keyof T]: [T[K]] extends [string | undefined] ? Word<T[K]> : T[K] };
type Word<S> = S extends string ? Open<S> : S;

/**
 * What an action carries, by type; a type made up later carries any fields. `pin` goes beside the fields of those
 * that set one, and is never kept.
 */
export type ActionData<T extends string> = T extends ActionType
  ? Worded<Shape<ActionShapes[T]["data"]>> & { pin?: string }
  : Fields;

/** What the node answers to an applied action, by type. */
export type AnswerData<T extends string> = T extends "queue.check_in"
  ? Omit<Shape<"CheckInAnswer">, "wait" | "guruji"> & { guruji?: string; wait?: Wait | null }
  : T extends ActionType
    ? Shape<ActionShapes[T]["answer"]>
    : Fields | undefined;

type DataOf<T extends EventType> = [EventShapes[T]] extends [never] ? Fields : Shape<EventShapes[T]>;

export type EventOf<T extends EventType | "*"> = T extends EventType
  ? EventEnvelope<T, DataOf<T>>
  : EventEnvelope;
