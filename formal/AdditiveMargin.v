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

Variables (clip : R -> R) (Hclip : clips clip).
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

Lemma additive_margin_own : long - 1 <= additive_margin_by o n d c clip.
Proof.
have Hd : distance n d := two_levels_distance n c long_gt0.
case: (Hc) => Hw _; rewrite /additive_margin_by (eq_mean (@inside_one _ _ _ _)) mean_const //= divr1.
have [k /choices_centres Hk ->] := minimum_in (mean_gap o n d c clip) (choices_nil n c).
rewrite -(mean_const (long - 1) points_nil); apply: mean_mono => x; rewrite mem_iota => /andP [_ Hx].
apply: (le_trans _ (clip_ge Hclip _)); apply: ler_sub.
  apply: le_minimum => [|y]; first exact: (others_nil Hc Hk).
  rewrite mem_filter eq_sym => /andP [/negbTE Hyx _]; rewrite /two_levels Hyx.
  by case: eqP => [E|_]; [rewrite E eqxx in Hyx | exact: lexx].
by apply: d_inside; have /andP [_] := own_centre_in Hk Hx; rewrite eq_sym.
Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').
Variables (k : seq nat) (Hk : centres n c' k).

Notation gap := (fun x => clip (sub o (to_other o d c' k x) (to_own d c' k x))).

Lemma gap_le m x : 0 <= m -> to_other o d c' k x <= m -> gap x <= m.
Proof. by move=> H0 H; apply: (clip_le Hclip) => //=; rewrite ler_subl_addr (le_trans H) // ler_addl d_ge0. Qed.

Lemma gap_long x : gap x <= long.
Proof.
apply: gap_le; first exact/ltW/long_gt0.
by rewrite /to_other; have [y _ ->] := minimum_in (d x) (others_nil Hc' Hk x); apply: d_long.
Qed.

(** If points of different clusters are together, their distance is in the mean. *)
Lemma rival_joins p : p \in within n c' -> c p.1 != c p.2 ->
  mean_gap o n d c' clip k / mean o (apart d) (within n c') < long - 1.
Proof.
move=> Hp E; have L := long_gt0; have N : 0 < (size (within n c'))%:R :> R.
  by rewrite ltr0n lt0n size_eq0; case: (Hc').
have Hlong : apart d p = long by have [_ _ H _] := within_inside Hp; rewrite two_levels_apart // (negbTE E).
have W : long <= mean o (apart d) (within n c') * (size (within n c'))%:R.
  rewrite /mean /= divfK ?gt_eqF // -[X in X <= _]Hlong.
  by apply: total_ge => // q _; apply: d_ge0.
have M : 0 < mean o (apart d) (within n c').
  by rewrite -(pmulr_lgt0 _ N); apply: lt_le_trans W.
rewrite ltr_pdivr_mulr // (@le_lt_trans _ _ long) //.
  by rewrite -[X in _ <= X](mean_const long points_nil); apply: mean_mono => x _; apply: gap_long.
apply: (le_lt_trans W); rewrite mulrC ltr_pmul2r // long_less ltr_nat ltnS.
exact: leq_trans (within_size c') (leq_addr _ _).
Qed.

(** If none are, some point has another centre nearby. *)
Lemma rival_cuts : (forall p, p \in within n c' -> c p.1 = c p.2) ->
  mean_gap o n d c' clip k / mean o (apart d) (within n c') < long - 1.
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
  additive_margin_by o n d c' clip < long - 1.
Proof.
move=> Hc' Hneq; have [k Hk E] := least_attained (fun n d c => mean_gap o n d c clip) n d c'.
rewrite /additive_margin_by E.
case: (boolP (has (fun p => c p.1 != c p.2) (within n c'))) => [/hasP [p Hp H]|/hasPn H].
  exact: (rival_joins Hc' Hk Hp H).
by apply: (rival_cuts Hc' Hneq Hk) => p /H; rewrite negbK => /eqP.
Qed.

End AdditiveMargin.

Section Theorems.

Variable R : realFieldType.

Lemma margin_by_rich (clip : R -> R) : clips clip ->
  rich (@strictly_higher R) (fun n d c => additive_margin_by (field_ops R) n d c clip).
Proof.
move=> Hclip n c Hc; exists (two_levels c (long R n)); first exact: two_levels_distance (long_gt0 R n).
by move=> c' Hc' Hneq; apply: lt_le_trans (additive_margin_own Hclip Hc); apply: additive_margin_rival.
Qed.

Theorem additive_margin_rich : rich (@strictly_higher R) (additive_margin (field_ops R)).
Proof. exact: (margin_by_rich (at_0_clips R)). Qed.

Theorem additive_margin_signed_rich : rich (@strictly_higher R) (additive_margin_signed (field_ops R)).
Proof. exact: (margin_by_rich (id_clips R)). Qed.

End Theorems.
