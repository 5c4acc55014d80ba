/** Something that this machine lacks, as opposed to a failure. */
export class MissingTool extends Error {}
