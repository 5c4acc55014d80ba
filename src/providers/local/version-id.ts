const FORM = /^[\w.:+-]{1,128}$/;

/** Whether a version of a local secret can have this id. */
export const isVersionId = (text: string): boolean => FORM.test(text);
