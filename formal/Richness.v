(** Richness of Dunn, the weakest link and McClain–Rao: distance 1 inside clusters and 2 between them. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Chains.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Richness.

Variable R : realFieldType.
Notation o := (field_ops R).

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.

Lemma two_gt0 : (0 : R) < 2%:R.
Proof. by rewrite ltr0n. Qed.

Definition two_levels (far : R) (x y : nat) : R := if x == y then 0 else if c x == c y then 1 else far.

Lemma two_levels_distance far : 0 < far -> distance n (two_levels far).
Proof.
move=> Hfar; split=> [x _|x y _ _|x y _ _ /negbTE H]; rewrite /two_levels ?eqxx //.
  by rewrite eq_sym [c x == _]eq_sym.
by rewrite H; case: ifP; rewrite ?ltr01.
Qed.

Lemma two_levels_apart far p : p.1 != p.2 -> apart (two_levels far) p = if c p.1 == c p.2 then 1 else far.
Proof. by move=> /negbTE H; rewrite /apart /two_levels H. Qed.

Lemma inside_one far p : p \in within n c -> apart (two_levels far) p = 1.
Proof. by move=> /within_inside [_ _ H E]; rewrite two_levels_apart // E. Qed.

Lemma across_far far p : p \in between n c -> apart (two_levels far) p = far.
Proof. by move=> /between_across [_ _ H /negbTE E]; rewrite two_levels_apart // E. Qed.

Notation d := (two_levels 2%:R).

Lemma one_le x y : x != y -> 1 <= d x y.
Proof. by rewrite /two_levels => /negbTE ->; case: ifP => //; rewrite ler1n. Qed.

Lemma le_two x y : d x y <= 2%:R.
Proof. by rewrite /two_levels; case: ifP => _; [rewrite ler0n | case: ifP => //; rewrite ler1n]. Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').

Lemma two_gt1 : (1 : R) < 2%:R.
Proof. by rewrite ltr1n. Qed.

Lemma within_ge1 p : p \in within n c' -> 1 <= apart d p.
Proof. by move=> /within_inside [_ _ H _]; apply: one_le. Qed.

Lemma between_ge1 p : p \in between n c' -> 1 <= apart d p.
Proof. by move=> /between_across [_ _ H _]; apply: one_le. Qed.

Lemma apart_le2 p : apart d p <= 2%:R.
Proof. exact: le_two. Qed.

(** A pair at distance 1 is apart, or one at distance 2 is together. *)
Lemma difference :
  (exists2 p, p \in between n c' & apart d p = 1) \/
  (exists p, [/\ p \in within n c', c p.1 != c p.2 & apart d p = 2%:R]).
Proof.
case: (differing_pair Hneq) => [[p Hp E]|[p Hp E]]; [left | right]; exists p => //.
  by have [_ _ H _] := between_across Hp; rewrite two_levels_apart // E.
by have [_ _ H _] := within_inside Hp; split; rewrite // two_levels_apart // (negbTE E).
Qed.

Lemma longest_ge1 : 1 <= maximum o (apart d) (within n c').
Proof.
case: Hc'; case E: (within n c') => [//|p s] _ _; rewrite -E.
have Hp : p \in within n c' by rewrite E mem_head.
exact: le_trans (within_ge1 Hp) (maximum_ge _ Hp).
Qed.

Lemma shortest_le2 : minimum o (apart d) (between n c') <= 2%:R.
Proof. by case: Hc' => _ Hb; have [p _ ->] := minimum_in (apart d) Hb; apply: apart_le2. Qed.

Lemma shortest_positive : 0 < minimum o (apart d) (between n c').
Proof. exact: shortest_gt0 (two_levels_distance two_gt0) Hc'. Qed.

Lemma dunn_rival : dunn o n d c' <= 1.
Proof.
rewrite /dunn /= ler_pdivr_mulr ?mul1r; last exact: lt_le_trans ltr01 longest_ge1.
case: difference => [[p Hp E]|[p [Hp _ E]]].
  by apply: (le_trans (minimum_le _ Hp)); rewrite E longest_ge1.
by apply: (le_trans shortest_le2); rewrite -[X in X <= _]E; apply: maximum_ge.
Qed.

Lemma chain_ge2 k x y : (y < n)%N -> c x != c y -> 2%:R <= chain o n d c' k x y.
Proof.
elim: k y => [|k IH] y Hy Hxy.
  by rewrite /= /two_levels (negbTE Hxy); case: eqP => // E; rewrite E eqxx in Hxy.
have [z] := chain_least d c' k x Hy; rewrite mem_members => /andP [_ Hz] ->; rewrite le_maxr.
case: (altP (c z =P c y)) => [E|H]; first by rewrite IH // E.
by rewrite {2}/two_levels (negbTE H); case: (altP (z =P y)) => [E|_]; [rewrite E eqxx in H | rewrite lexx orbT].
Qed.

Lemma weakest_link_rival : 1 <= weakest_link o n d c'.
Proof.
rewrite /weakest_link /widest_gap /= ler_pdivl_mulr ?mul1r; last exact: shortest_positive.
case: difference => [[p Hp E]|[p [Hp Hcp E]]].
  apply: (le_trans (minimum_le _ Hp)); rewrite E.
  case: Hc'; case Ew: (within n c') => [//|q s] _ _; rewrite -Ew.
  have Hq : q \in within n c' by rewrite Ew mem_head.
  apply: le_trans (maximum_ge (fun p => chain o n d c' n p.1 p.2) Hq).
  by have [H1 H2 H3 _] := within_inside Hq; apply: chain_ge => // x y _ _; apply: one_le.
apply: (le_trans shortest_le2); apply: le_trans (maximum_ge (fun p => chain o n d c' n p.1 p.2) Hp).
by have [_ H2 _ _] := within_inside Hp; apply: chain_ge2.
Qed.

Lemma mcclain_rao_rival : 2%:R^-1 < mcclain_rao o n d c'.
Proof.
case: (Hc') => Hw Hb; rewrite /mcclain_rao; set w := mean o _ _; set b := mean o _ _.
have Hw1 : 1 <= w by rewrite -(mean_const 1 Hw); apply: mean_mono => p; apply: within_ge1.
have Hb2 : b <= 2%:R by rewrite -(mean_const 2%:R Hb); apply: mean_mono => p _; apply: apart_le2.
have Hb0 : 0 < b by apply: mean_between_gt0 (two_levels_distance two_gt0) Hc'.
rewrite ltr_pdivl_mulr // mulrC ltr_pdivr_mulr ?ltr0n //.
case: difference => [[p Hp E]|[p [Hp _ E]]].
  apply: (@lt_le_trans _ _ 2%:R); last by rewrite ler_pmull ?ltr0n.
  rewrite -(mean_const 2%:R Hb); apply: (mean_lt Hp) => [q _|]; first exact: apart_le2.
  by rewrite E two_gt1.
apply: (le_lt_trans Hb2); rewrite ltr_pmull ?ltr0n //.
rewrite -(mean_const 1 Hw); apply: (mean_lt Hp) => [q|]; first exact: within_ge1.
by rewrite E two_gt1.
Qed.

End Rival.

Lemma dunn_own : 2%:R <= dunn o n d c.
Proof.
case: (Hc) => Hw Hb; rewrite /dunn /= ler_pdivl_mulr; last exact: longest_gt0 (two_levels_distance two_gt0) Hc.
rewrite (eq_maximum (@inside_one _)) (eq_minimum (@across_far _)).
apply: le_minimum => // p _; rewrite -[X in _ <= X]mulr1 ler_pmul2l ?ltr0n //.
by apply: maximum_le; rewrite ?ler01.
Qed.

Lemma weakest_link_own : weakest_link o n d c <= 2%:R^-1.
Proof.
case: (Hc) => Hw Hb; rewrite /weakest_link /widest_gap /= ler_pdivr_mulr; last first.
  exact: shortest_gt0 (two_levels_distance two_gt0) Hc.
rewrite (eq_minimum (@across_far _)); apply: maximum_le.
  by rewrite mulr_ge0 ?invr_ge0 ?ler0n // ltW // minimum_gt0 // => p _; rewrite ltr0n.
move=> p Hp; have [H1 H2 _ H4] := within_inside Hp.
apply: (le_trans (chain_le n (two_levels_distance two_gt0) H1 H2 H4)); rewrite -/(apart d p) (inside_one _ Hp).
by have [q _ ->] := minimum_in (fun _ : nat * nat => (2%:R : R)) Hb; rewrite mulVf ?pnatr_eq0.
Qed.

Lemma mcclain_rao_own : mcclain_rao o n d c = 2%:R^-1.
Proof.
case: (Hc) => Hw Hb; rewrite /mcclain_rao (eq_mean (@inside_one _)) (eq_mean (@across_far _)).
by rewrite !mean_const //= mul1r.
Qed.

End Richness.

Section Theorems.

Variable R : realFieldType.
Notation o := (field_ops R).

Theorem dunn_rich : rich (@strictly_higher R) (dunn o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
move=> c' Hc' Hneq; rewrite /strictly_higher.
apply: (le_lt_trans (dunn_rival R Hc' Hneq)); exact: lt_le_trans (two_gt1 R) (dunn_own R Hc).
Qed.

Theorem weakest_link_rich : rich (@strictly_lower R) (weakest_link o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
move=> c' Hc' Hneq; rewrite /strictly_lower.
apply: (le_lt_trans (weakest_link_own R Hc)); apply: lt_le_trans (weakest_link_rival R Hc' Hneq).
by rewrite invf_lt1 ?ltr0n // ltr1n.
Qed.

Theorem mcclain_rao_rich : rich (@strictly_lower R) (mcclain_rao o).
Proof.
move=> n c Hc; exists (two_levels c 2%:R); first exact: two_levels_distance (two_gt0 R).
by move=> c' Hc' Hneq; rewrite /strictly_lower (mcclain_rao_own R Hc); apply: mcclain_rao_rival.
Qed.

End Theorems.
