(** Arithmetic and harmonic means of positive numbers, and what silhouettes ask of such averages. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Means.

Variable R : realFieldType.
Notation o := (field_ops R).
Notation average := ((nat -> R) -> seq nat -> R).

(** What the silhouette asks of an average of positive numbers. *)
Record sound (A : average) : Prop := Sound {
  sound_mono : forall f g s, (forall a, a \in s -> 0 < f a) -> (forall a, a \in s -> f a <= g a) -> A f s <= A g s;
  sound_scale : forall l f s, 0 < l -> A (fun a => l * f a) s = l * A f s;
  sound_perm : forall f s t, perm_eq s t -> A f s = A f t;
  sound_map : forall h f s, A f (map h s) = A (f \o h) s;
  sound_const : forall m s, 0 < m -> s != [::] -> A (fun=> m) s = m
}.

Lemma mean_sound : sound (@mean R o _).
Proof.
split.
- by move=> f g s _; apply: mean_mono.
- by move=> l f s _; apply: mean_scale.
- by move=> f s t; apply: mean_perm.
- by move=> h f s; apply: mean_map.
- by move=> m s _; apply: mean_const.
Qed.

Lemma harmonic_mean_sound : sound (@harmonic_mean R o _).
Proof.
rewrite /harmonic_mean; split.
- move=> f g s Hf H /=; case: (altP (s =P [::])) => [-> /=|Hs]; first by rewrite mul0r.
  have Hg a : a \in s -> 0 < g a by move=> Ha; apply: lt_le_trans (Hf _ Ha) (H _ Ha).
  have pos h : (forall a, a \in s -> 0 < h a) -> 0 < total o (fun a => 1%:R / h a) s.
    move=> Hh; have [a Ha] : exists a, a \in s by case: s Hs {Hf H Hg Hh} => // a s _; exists a; rewrite mem_head.
    apply: (@lt_le_trans _ _ (1%:R / h a)); first by rewrite divr_gt0 ?ltr0n ?Hh.
    by apply: (@total_ge _ _ (fun a => 1%:R / h a)) => // b Hb; rewrite ltW // divr_gt0 ?ltr0n ?Hh.
  apply: ler_wpmul2l; first exact: ler0n.
  rewrite lef_pinv ?posrE ?pos //; apply: total_mono => a Ha.
  by rewrite !mul1r lef_pinv ?posrE ?Hf ?Hg ?H.
- move=> l f s Hl /=; have -> : total o (fun a => 1%:R / (l * f a)) s = l^-1 * total o (fun a => 1%:R / f a) s.
    by rewrite -total_scale; apply: eq_total => a _; rewrite invfM mulrCA.
  by rewrite invfM invrK mulrCA.
- by move=> f s t H /=; rewrite (perm_size H) (total_perm _ H).
- by move=> h f s /=; rewrite size_map total_map.
- move=> m s Hm Hs /=; have S : (size s)%:R != 0 :> R by rewrite pnatr_eq0 size_eq0.
  have -> : total o (fun _ : nat => 1%:R / m) s = (size s)%:R / m.
    elim: s {Hs S} => [|a u /= ->]; first by rewrite mul0r.
    by rewrite -[(size u).+1]add1n natrD mulrDl.
  by rewrite invfM invrK mulrA divff // mul1r.
Qed.

Section Averages.

Variables (A : average) (HA : sound A).

Lemma sound_le f s m : s != [::] -> (forall a, a \in s -> 0 < f a <= m) -> A f s <= m.
Proof.
move=> Hs H; have Hm : 0 < m.
  by case: s Hs H => // a s _ /(_ a (mem_head _ _)) /andP [H1 H2]; apply: lt_le_trans H2.
by rewrite -[X in _ <= X](sound_const HA Hm Hs); apply: (sound_mono HA) => a /H /andP [].
Qed.

Lemma sound_ge f s m : 0 < m -> s != [::] -> (forall a, a \in s -> m <= f a) -> m <= A f s.
Proof. by move=> Hm Hs H; rewrite -[X in X <= _](sound_const HA Hm Hs); apply: (sound_mono HA). Qed.

Lemma sound_gt0 f s : s != [::] -> (forall a, a \in s -> 0 < f a) -> 0 < A f s.
Proof.
move=> Hs H; have Hm := minimum_gt0 Hs H; apply: (lt_le_trans Hm).
by apply: sound_ge => // a; apply: minimum_le.
Qed.

Lemma sound_eq f g s : (forall a, a \in s -> 0 < f a) -> (forall a, a \in s -> f a = g a) -> A f s = A g s.
Proof.
move=> Hf H; apply/eqP; rewrite eq_le !(sound_mono HA) // => a Ha; rewrite -?H //; exact: Hf.
Qed.

End Averages.

(** One number of 2 lifts an average of others that are at least 1, by as much for all that are no longer than [N]. *)
Definition strict (A : average) : Prop := forall N, exists2 e : R, 0 < e <= 1 &
  forall f s z, (size s <= N)%N -> z \in s -> (forall a, a \in s -> 1 <= f a) -> 2%:R <= f z -> 1 + e <= A f s.

Lemma mean_strict : strict (@mean R o _).
Proof.
move=> N; exists (N.+1%:R^-1); first by rewrite invr_gt0 ltr0n invf_le1 ?ltr0n // ler1n.
move=> f s z HN Hz Hf Hfz; have S : 0 < (size s)%:R :> R by rewrite ltr0n; case: s Hz {HN Hf}.
have H : 1 <= total o f s - (size s)%:R.
  rewrite -total_one -total_sub; apply: (@le_trans _ _ (f z - 1)); first by rewrite ler_subr_addr.
  by apply: (@total_ge _ _ (fun a => f a - 1)) => // a Ha; rewrite subr_ge0 Hf.
rewrite /mean /= ler_pdivl_mulr // mulrDl mul1r -ler_subr_addl (le_trans _ H) //.
by rewrite mulrC ler_pdivr_mulr ?ltr0n // mul1r ler_nat ltnW.
Qed.

Lemma harmonic_mean_strict : strict (@harmonic_mean R o _).
Proof.
move=> N; exists (2%:R^-1 / N.+1%:R).
  rewrite divr_gt0 ?invr_gt0 ?ltr0n //= ler_pdivr_mulr ?ltr0n // mul1r.
  by apply: (@le_trans _ _ 1); rewrite ?invf_le1 ?ltr0n ?ler1n.
move=> f s z HN Hz Hf Hfz; have pos a : a \in s -> 0 < f a by move=> /Hf; apply: lt_le_trans.
have T0 : 0 < total o (fun a => 1%:R / f a) s.
  apply: (@lt_le_trans _ _ (1%:R / f z)); first by rewrite divr_gt0 ?ltr0n ?pos.
  by apply: (@total_ge _ _ (fun a => 1%:R / f a)) => // a Ha; rewrite ltW // divr_gt0 ?ltr0n ?pos.
have H : 2%:R^-1 <= (size s)%:R - total o (fun a => 1%:R / f a) s.
  rewrite -total_one -total_sub; apply: (@le_trans _ _ (1 - 1%:R / f z)).
    rewrite mul1r ler_subr_addr -ler_subr_addl.
    have -> : 1 - 2%:R^-1 = 2%:R^-1 :> R by rewrite {1}[1]splitr !mul1r addrK.
    by rewrite lef_pinv ?posrE ?ltr0n ?pos.
  apply: (@total_ge _ _ (fun a => 1 - 1%:R / f a)) => // a Ha.
  by rewrite subr_ge0 mul1r invf_le1 ?pos ?Hf.
rewrite /harmonic_mean /= ler_pdivl_mulr // mulrDl mul1r -ler_subr_addl (le_trans _ H) //.
have HT : total o (fun a => 1%:R / f a) s <= N.+1%:R.
  apply: (@le_trans _ _ (size s)%:R); last by rewrite ler_nat ltnW.
  by rewrite -subr_ge0 (le_trans _ H) // invr_ge0 ler0n.
rewrite -mulrA ler_pimulr ?invr_ge0 ?ler0n // mulrC; apply: (@le_trans _ _ (N.+1%:R / N.+1%:R)).
  by rewrite ler_wpmul2r // invr_ge0 ler0n.
by rewrite divff // pnatr_eq0.
Qed.

End Means.
