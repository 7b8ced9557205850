// The platforms that ship with holdpoint: one line each.
import type { AnyPlatform } from '../../kit/index.ts';
import { argoRollouts } from './argo-rollouts.ts';
import { argocd } from './argocd.ts';
import { cloudRun } from './cloud-run.ts';
import { command } from './command.ts';
import { ecs } from './ecs.ts';
import { flux } from './flux.ts';
import { fly } from './fly.ts';
import { helm } from './helm.ts';
import { heroku } from './heroku.ts';
import { kamal } from './kamal.ts';
import { kubernetes } from './kubernetes/index.ts';
import { lambda } from './lambda.ts';
import { nomad } from './nomad.ts';
import { pm2 } from './pm2.ts';
import { swarm } from './swarm.ts';
import { symlink } from './symlink.ts';
import { systemd } from './systemd.ts';

/** All built-in platforms by name; each is made when it is asked for. */
export const platforms: Readonly<Record<string, () => AnyPlatform>> = {
  'argo-rollouts': () => argoRollouts,
  argocd: () => argocd,
  'cloud-run': () => cloudRun,
  command: () => command,
  ecs: () => ecs,
  flux: () => flux,
  fly: () => fly,
  helm: () => helm,
  heroku: () => heroku,
  kamal: () => kamal,
  kubernetes: () => kubernetes,
  lambda: () => lambda,
  nomad: () => nomad,
  pm2: () => pm2,
  swarm: () => swarm,
  symlink: () => symlink,
  systemd: () => systemd,
};
