export function computeSourcesDigest(root: string): string;
