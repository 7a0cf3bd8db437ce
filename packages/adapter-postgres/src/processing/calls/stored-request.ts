import type { ParkedSelection, PartitionRequest, WaitingRequest } from "@eventfold/processing";

/** The text of a request as it is stored: the members that the port defines, without any others that the object may have. */
export function requestText(request: PartitionRequest): string {
  return JSON.stringify(copyOf(request));
}

/** A waiting request, from its stored form, in which a checkpoint has no `eventId` if that is not known. */
export function waitingRequestFrom({ id, request }: WaitingRequest): WaitingRequest {
  return { id, request: copyOf(request) };
}

function copyOf(request: PartitionRequest): PartitionRequest {
  switch (request.kind) {
    case "pause":
    case "resume":
      return { kind: request.kind };
    case "reset": {
      const { sequenceNumber, eventId } = request.checkpoint;
      return { kind: "reset", checkpoint: { sequenceNumber, eventId } };
    }
    case "replay":
    case "drop":
      return { kind: request.kind, parked: selectionOf(request.parked) };
  }
}

function selectionOf(selection: ParkedSelection): ParkedSelection {
  switch (selection.kind) {
    case "event":
      return { kind: "event", sequenceNumber: selection.sequenceNumber };
    case "stream":
      return { kind: "stream", category: selection.category, stream: selection.stream };
    case "all":
      return { kind: "all" };
  }
}
