const FORM = /^[\w.:+-]{1,128}$/;

/** Whether a version of this store can have this id. */
export const isVersionId = (text: string): boolean => FORM.test(text);
