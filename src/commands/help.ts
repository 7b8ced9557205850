// The first lines of `--help`: three situations, one command each.

export const helpTop = `I deployed            holdpoint run auth/production -- ./deploy.sh
I fixed it by hand    holdpoint check auth/production
I want to go back     holdpoint rollback auth/production
`;
