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

/** All built-in platforms. */
export const platforms: AnyPlatform[] = [
  argoRollouts,
  argocd,
  cloudRun,
  command,
  ecs,
  flux,
  fly,
  helm,
  heroku,
  kamal,
  kubernetes,
  lambda,
  nomad,
  pm2,
  swarm,
  symlink,
  systemd,
];
