(** The additive margin is rich: distance 1 inside clusters and a long one between them. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Centres Margins Richness.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section AdditiveMargin.

Variable R : realFieldType.
Notation o := (field_ops R).

Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.

(** Longer by more than 1 than there are pairs and points in all. *)
Definition long : R := ((size (pairs n) + n).+2)%:R.
Notation d := (two_levels c long).

Lemma long_less : long - 1 = ((size (pairs n) + n).+1)%:R.
Proof. by rewrite /long mulrSr addrK. Qed.

Lemma long_gt0 : 0 < long.
Proof. by rewrite ltr0n. Qed.

Lemma d_ge0 x y : 0 <= d x y.
Proof. by rewrite /two_levels; do 2 (case: ifP => _; rewrite ?ler01 //); rewrite ltW // long_gt0. Qed.

Lemma d_inside x y : c x == c y -> d x y <= 1.
Proof. by rewrite /two_levels => ->; case: ifP; rewrite ?ler01. Qed.

Lemma d_long x y : d x y <= long.
Proof. by rewrite /two_levels; do 2 (case: ifP => _; first by rewrite ?ler0n ?ler1n). Qed.

Lemma points_nil : points n != [::].
Proof. by case: n Hc => // -[]. Qed.

Lemma within_size c' : (size (within n c') <= size (pairs n))%N.
Proof. by rewrite size_filter count_size. Qed.

Lemma additive_margin_own : long - 1 <= additive_margin o n d c.
Proof.
have Hd : distance n d := two_levels_distance n c long_gt0.
case: (Hc) => Hw _; rewrite /additive_margin (eq_mean (@inside_one _ _ _ _)) mean_const //= divr1.
have [k /choices_centres Hk ->] := minimum_in (mean_gap o n d c) (choices_nil n c).
rewrite -(mean_const (long - 1) points_nil); apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx].
rewrite greatestE le_maxr; apply/orP; left; apply: ler_sub.
  apply: le_minimum => [|y]; first exact: (others_nil Hc Hk).
  rewrite mem_filter eq_sym => /andP [/negbTE Hyx _]; rewrite /two_levels Hyx.
  by case: eqP => [E|_]; [rewrite E eqxx in Hyx | exact: lexx].
by apply: d_inside; have /andP [_] := own_centre_in Hk Hx; rewrite eq_sym.
Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').
Variables (k : seq nat) (Hk : centres n c' k).

Notation gap := (fun x => greatest o (sub o (to_other o d c' k x) (to_own d c' k x)) 0).

Lemma gap_le m x : 0 <= m -> to_other o d c' k x <= m -> gap x <= m.
Proof. by move=> H0 H; rewrite /= greatestE le_maxl H0 andbT ler_subl_addr (le_trans H) // ler_addl d_ge0. Qed.

Lemma gap_long x : gap x <= long.
Proof.
apply: gap_le; first exact/ltW/long_gt0.
by rewrite /to_other; have [y _ ->] := minimum_in (d x) (others_nil Hc' Hk x); apply: d_long.
Qed.

(** If points of different clusters are together, their distance is in the mean. *)
Lemma rival_joins p : p \in within n c' -> c p.1 != c p.2 ->
  mean_gap o n d c' k / mean o (apart d) (within n c') < long - 1.
Proof.
move=> Hp E; have L := long_gt0; have N : 0 < (size (within n c'))%:R :> R.
  by rewrite ltr0n lt0n size_eq0; case: (Hc').
have Hlong : apart d p = long by have [_ _ H _] := within_inside Hp; rewrite two_levels_apart // (negbTE E).
apply: (@le_lt_trans _ _ (long / (long / (size (within n c'))%:R))).
  apply: quotient_mono; first exact: mean_gap_ge0.
  - by rewrite -[X in _ <= X](mean_const long points_nil); apply: mean_mono => x _; apply: gap_long.
  - exact: divr_gt0.
  - rewrite /mean /= ler_wpmul2r ?invr_ge0 ?(ltW N) // -[X in X <= _]Hlong.
    by apply: total_ge => // q _; apply: d_ge0.
rewrite invfM invrK mulrA divff ?gt_eqF // mul1r long_less ltr_nat ltnS.
exact: leq_trans (within_size c') (leq_addr _ _).
Qed.

(** If none are, some point has another centre nearby. *)
Lemma rival_cuts : (forall p, p \in within n c' -> c p.1 = c p.2) ->
  mean_gap o n d c' k / mean o (apart d) (within n c') < long - 1.
Proof.
move=> H; have W p : p \in within n c' -> apart d p = 1.
  by move=> Hp; have [_ _ Hne _] := within_inside Hp; rewrite two_levels_apart // H ?eqxx.
rewrite (eq_mean W) mean_const ?divr1; last by case: Hc'.
have refines := from_pairs H.
case: (differing_pair Hneq) => [[p Hp E]|[p /H ->]]; last by rewrite eqxx.
have [Hx Hy _ E'] := between_across Hp; have /andP [H1 H2] := own_centre_in Hk Hy.
set z := own_centre c' k p.2 in H1 H2; have Hz : (z < n)%N by case: Hk => range _ _; apply: range.
have near : gap p.1 <= 1.
  apply: gap_le; rewrite ?ler01 //; apply: (@le_trans _ _ (d p.1 z)).
    by apply: minimum_le; rewrite mem_filter H1 (eqP H2) eq_sym E'.
  by apply: d_inside; rewrite (refines _ _ Hz Hy (eqP H2)).
rewrite -(mean_const (long - 1) points_nil); apply: (mean_of_totals points_nil).
apply: (@total_outweighed _ _ _ _ _ p.1 1); first exact: ler01.
- by rewrite mem_iota.
- by move=> x _; rewrite subrK; apply: gap_long.
rewrite size_iota mulr1 long_less; apply: (@le_lt_trans _ _ (1 + n%:R)); first by rewrite ler_add2r.
rewrite -(natrD _ 1) ltr_nat add1n ltnS -[X in (X < _)%N]add0n ltn_add2r.
by apply: leq_trans (within_size c'); rewrite lt0n size_eq0; case: Hc'.
Qed.

End Rival.

Lemma additive_margin_rival c' : non_trivial n c' -> ~ same_partition n c c' ->
  additive_margin o n d c' < long - 1.
Proof.
move=> Hc' Hneq; have [k Hk E] := least_attained (mean_gap o) n d c'; rewrite /additive_margin E.
case: (boolP (has (fun p => c p.1 != c p.2) (within n c'))) => [/hasP [p Hp H]|/hasPn H].
  exact: (rival_joins Hc' Hk Hp H).
by apply: (rival_cuts Hc' Hneq Hk) => p /H; rewrite negbK => /eqP.
Qed.

End AdditiveMargin.

Theorem additive_margin_rich (R : realFieldType) : rich (@strictly_higher R) (additive_margin (field_ops R)).
Proof.
move=> n c Hc; exists (two_levels c (long R n)); first exact: two_levels_distance (long_gt0 R n).
move=> c' Hc' Hneq; apply: lt_le_trans (additive_margin_own R Hc); exact: additive_margin_rival.
Qed.
