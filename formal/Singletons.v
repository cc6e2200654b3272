(** The silhouette is rich: distance 1 inside clusters, 2 between them, and a little more between singletons. *)

From mathcomp Require Import all_ssreflect all_algebra.
From cqm Require Import Definitions Lists Axioms Pairs Clusters Means Silhouette.

Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section Singletons.

Variable R : realFieldType.
Notation o := (field_ops R).
Notation average := ((nat -> R) -> seq nat -> R).

Section Rich.

Variables (A : average) (HA : sound A).
Variables (n : nat) (c : nat -> nat).
Hypothesis Hc : non_trivial n c.

(** What company lifts the mean distance by, and so little that all points together gain less than one of them loses. *)
Variable e : R.
Hypothesis He : 0 < e <= 1.
Hypothesis Hlift : forall f s z, (size s <= n)%N -> z \in s -> (forall a, a \in s -> 1 <= f a) -> 2%:R <= f z ->
  1 + e <= A f s.

Definition little : R := e / 2%:R / n.+1%:R.
Notation t := little.

Lemma e_gt0 : 0 < e.
Proof. by case/andP: He. Qed.

Lemma half_gt0 : 0 < e / 2%:R.
Proof. by rewrite divr_gt0 ?e_gt0 ?ltr0n. Qed.

Lemma little_gt0 : 0 < t.
Proof. by rewrite divr_gt0 ?half_gt0 ?ltr0n. Qed.

Lemma gains_lt : n%:R * t < e / 2%:R.
Proof. by rewrite /little mulrCA gtr_pmulr ?half_gt0 // ltr_pdivr_mulr ?ltr0n // mul1r ltr_nat. Qed.

Lemma two_gt0 : 0 < 2%:R :> R.
Proof. by rewrite ltr0n. Qed.

Lemma far_gt0 : 0 < 2%:R + t.
Proof. by rewrite addr_gt0 ?two_gt0 ?little_gt0. Qed.

Definition near_and_far (x y : nat) : R :=
  if x == y then 0 else if c x == c y then 1 else if alone n c x && alone n c y then 2%:R + t else 2%:R.
Notation d := near_and_far.

Lemma near_and_far_distance : distance n d.
Proof.
split=> [x _|x y _ _|x y _ _ /negbTE H]; rewrite /d ?eqxx //.
  by rewrite eq_sym [c x == _]eq_sym [alone n c x && _]andbC.
rewrite H; case: ifP => _; first exact: ltr01.
by case: ifP => _; [exact: far_gt0 | exact: two_gt0].
Qed.

Lemma d_ge1 x y : x != y -> 1 <= d x y.
Proof.
rewrite /d => /negbTE ->; case: ifP => // _; case: ifP => _; last by rewrite ler1n.
by apply: (@le_trans _ _ 2%:R); rewrite ?ler1n // ler_addl ltW // little_gt0.
Qed.

Lemma d_le_far x y : d x y <= 2%:R + t.
Proof.
have T : 2%:R <= 2%:R + t by rewrite ler_addl ltW // little_gt0.
rewrite /d; case: ifP => _; first exact/ltW/far_gt0.
by case: ifP => _; [apply: le_trans T; rewrite ler1n | case: ifP].
Qed.

Lemma d_le2 x y : ~~ alone n c x -> d x y <= 2%:R.
Proof.
rewrite /d => /negbTE ->; case: ifP => _; first exact: ler0n.
by case: ifP => _ //=; rewrite ler1n.
Qed.

Lemma d_ge2 x y : c y != c x -> 2%:R <= d x y.
Proof.
move=> H; rewrite /d [c x == _]eq_sym (negbTE H); case: eqP => [E|_]; first by rewrite E eqxx in H.
by case: ifP => _ //; rewrite ler_addl ltW // little_gt0.
Qed.

(** The scores, by [silhouette_by]'s own words. *)

Definition scored c0 x := if alone n c0 x then 0 else score o (inner n d c0 A x) (outer o n d c0 A x).

Definition own_score x : R := if alone n c x then 0 else 1 - 1 / 2%:R.

Lemma scored_own x : (x < n)%N -> scored c x = own_score x.
Proof.
move=> Hx; rewrite /scored /own_score; case: ifP => // /negbT Ha; have Hd := near_and_far_distance.
have -> : inner n d c A x = 1.
  have Hm : mates n c x != [::] by rewrite mates_nil.
  rewrite -[RHS](sound_const HA ltr01 Hm); apply: (sound_eq HA) => y; first exact: (mate_gt0 Hd Hx).
  by rewrite mem_others => /and3P [Hyx Ey _]; rewrite /d eq_sym (negbTE Hyx) eq_sym Ey.
have -> : outer o n d c A x = 2%:R.
  have [y [Hy Hyx ->]] := outer_in A d x Hc.
  rewrite -[RHS](sound_const HA two_gt0 (members_nil c Hy)); apply: (sound_eq HA) => z.
    exact: (member_gt0 Hd Hx Hyx).
  rewrite mem_members => /andP [/eqP Ez _]; rewrite /d (negbTE Ha) Ez [c x == _]eq_sym (negbTE Hyx).
  by case: eqP => // E; rewrite -Ez -E eqxx in Hyx.
by rewrite score_below ?two_gt0 // ler1n.
Qed.

Lemma silhouette_own : silhouette_by o n d c A = mean o own_score (points n).
Proof. by apply: eq_mean => x; rewrite mem_iota => /andP [_ Hx]; rewrite -scored_own. Qed.

Section Rival.

Variable c' : nat -> nat.
Hypotheses (Hc' : non_trivial n c') (Hneq : ~ same_partition n c c').

Lemma inner_ge x m : (x < n)%N -> ~~ alone n c' x -> 0 < m ->
  (forall y, (y < n)%N -> y != x -> c' y = c' x -> m <= d x y) -> m <= inner n d c' A x.
Proof.
move=> Hx Ha Hm H; apply: (sound_ge HA) => // [|y]; first by rewrite -/(mates n c' x) mates_nil.
by rewrite mem_others => /and3P [Hyx /eqP Ey Hy]; apply: H.
Qed.

Lemma outer_le_const x y m : (x < n)%N -> (y < n)%N -> c' y != c' x ->
  (forall z, (z < n)%N -> c' z = c' y -> d x z <= m) -> outer o n d c' A x <= m.
Proof.
move=> Hx Hy Hyx H; apply: (le_trans (outer_le A d Hy Hyx)); apply: (sound_le HA); first exact: members_nil.
move=> z Hz; rewrite (member_gt0 near_and_far_distance Hx Hyx Hz) /=.
by move: Hz; rewrite mem_members => /andP [/eqP Ez Hz]; apply: H.
Qed.

Lemma outer_le_all x m : (x < n)%N -> (forall z, (z < n)%N -> d x z <= m) -> outer o n d c' A x <= m.
Proof.
by move=> Hx H; have [y Hy Hyx] := other_cluster x Hc'; apply: (outer_le_const Hx Hy Hyx) => z Hz _; apply: H.
Qed.

Lemma inner_ge1 x : (x < n)%N -> ~~ alone n c' x -> 1 <= inner n d c' A x.
Proof. by move=> Hx Ha; apply: (inner_ge Hx Ha ltr01) => y _ Hyx _; apply: d_ge1; rewrite eq_sym. Qed.

Lemma score_le x (a b : R) : (x < n)%N -> ~~ alone n c' x -> 0 <= a -> a <= inner n d c' A x ->
  outer o n d c' A x <= b -> scored c' x <= score o a b.
Proof.
move=> Hx Ha H0 H1 H2; rewrite /scored (negbTE Ha); apply: score_mono => //.
exact: (outer_gt0 HA near_and_far_distance Hc' Hx).
Qed.

Lemma outer_le2 x : (x < n)%N -> ~~ alone n c x -> outer o n d c' A x <= 2%:R.
Proof. by move=> Hx H; apply: outer_le_all => // z _; apply: d_le2. Qed.

Lemma half_ge0 : 0 <= 1 - 1 / 2%:R :> R.
Proof. by rewrite subr_ge0 ler_pdivr_mulr ?two_gt0 // mul1r ler1n. Qed.

Lemma score_together x : (x < n)%N -> ~~ alone n c x -> scored c' x <= 1 - 1 / 2%:R.
Proof.
move=> Hx Hax; case Ha' : (alone n c' x); first by rewrite /scored Ha' half_ge0.
apply: (le_trans (score_le Hx (negbT Ha') ler01 (inner_ge1 Hx (negbT Ha')) (outer_le2 Hx Hax))).
by rewrite score_below ?two_gt0 // ler1n.
Qed.

Lemma score_alone x : (x < n)%N -> alone n c x -> scored c' x <= t.
Proof.
move=> Hx Hax; have T := little_gt0; case Ha' : (alone n c' x); first by rewrite /scored Ha' ltW.
have H1 : 2%:R <= inner n d c' A x.
  apply: (inner_ge Hx (negbT Ha') two_gt0) => y Hy Hyx _; apply: d_ge2.
  by apply: contraNneq Hyx => E; apply/eqP/(alone_same Hx Hy Hax).
have H2 : outer o n d c' A x <= 2%:R + t by apply: outer_le_all => // z _; apply: d_le_far.
apply: (le_trans (score_le Hx (negbT Ha') (ler0n _ _) H1 H2)).
rewrite score_below ?far_gt0 ?ler_addl ?(ltW T) // ler_subl_addr -ler_subl_addl ler_pdivl_mulr ?far_gt0 //.
rewrite mulrBl mul1r ler_subl_addr ler_add2l ler_pmulr //.
by apply: (@le_trans _ _ 2%:R); rewrite ?ler1n // ler_addl ltW.
Qed.

Lemma score_excess x : (x < n)%N -> scored c' x <= own_score x + t.
Proof.
move=> Hx; rewrite /own_score; case: ifP => [H|/negbT H]; first by rewrite add0r; apply: score_alone.
by apply: (le_trans (score_together Hx H)); rewrite ler_addl; apply/ltW/little_gt0.
Qed.

(** A point of a larger cluster loses more than all others can gain if it has company from elsewhere … *)
Lemma score_company x z : (x < n)%N -> (z < n)%N -> ~~ alone n c x -> c' z = c' x -> c z != c x ->
  scored c' x <= 1 - (1 + e) / 2%:R.
Proof.
move=> Hx Hz Hax E Hzx; have [/ltW He0 He1] := andP He.
have Hz' : z \in mates n c' x by rewrite mem_others E eqxx Hz !andbT; apply: contraNneq Hzx => ->.
have Ha' : ~~ alone n c' x by rewrite -mates_nil //; apply: contraTneq Hz' => ->.
have H1 : 1 + e <= inner n d c' A x.
  apply: (Hlift (z := z)) => // [|y|]; last exact: d_ge2.
    by do 2 (rewrite size_filter; apply: (leq_trans (count_size _ _))); rewrite size_iota.
  by rewrite mem_others => /and3P [Hyx _ _]; apply: d_ge1; rewrite eq_sym.
apply: (le_trans (score_le Hx Ha' (addr_ge0 ler01 He0) H1 (outer_le2 Hx Hax))).
by rewrite score_below ?two_gt0 // -[2%:R]/(1 + 1) ler_add2l.
Qed.

(** … or if another cluster holds nothing but points of its own. *)
Lemma score_cut x y : (x < n)%N -> (y < n)%N -> c' y != c' x ->
  (forall z, (z < n)%N -> c' z = c' y -> c z = c x) -> scored c' x <= 0.
Proof.
move=> Hx Hy Hyx H; case Ha' : (alone n c' x); first by rewrite /scored Ha'.
have H2 : outer o n d c' A x <= 1.
  apply: (outer_le_const Hx Hy Hyx) => z Hz E; rewrite /d (H _ Hz E) eqxx.
  by case: ifP; rewrite ?ler01.
apply: (le_trans (score_le Hx (negbT Ha') ler01 (inner_ge1 Hx (negbT Ha')) H2)).
by rewrite score_below ?ltr01 // divff ?subrr // oner_eq0.
Qed.

Lemma outweighed x : (x < n)%N -> ~~ alone n c x -> scored c' x <= 1 - (1 + e) / 2%:R ->
  total o (scored c') (points n) < total o own_score (points n).
Proof.
move=> Hx Hax H; apply: (@total_outweighed _ _ _ _ _ x t).
- exact/ltW/little_gt0.
- by rewrite mem_iota.
- by move=> y; rewrite mem_iota => /andP [_ Hy]; apply: score_excess.
rewrite size_iota /own_score (negbTE Hax).
apply: (@le_lt_trans _ _ (1 - (1 + e) / 2%:R + n%:R * t)); first by rewrite ler_add2r.
by rewrite mulrDl opprD !addrA -addrA gtr_addl addrC subr_lt0 gains_lt.
Qed.

(** Otherwise clusters of two points or more are as they were, and points of singletons have come together. *)
Lemma score_singletons x w : (x < n)%N -> (w < n)%N -> alone n c x -> ~~ alone n c' x ->
  (forall y, (y < n)%N -> c' y = c' x -> alone n c y) ->
  (forall z, (z < n)%N -> c' z = c' w -> ~~ alone n c z) -> scored c' x < 0.
Proof.
move=> Hx Hw Hax Ha' Hall Hnone; have T := little_gt0.
have H1 : 2%:R + t <= inner n d c' A x.
  apply: (inner_ge Hx Ha' far_gt0) => y Hy Hyx E; rewrite /d eq_sym (negbTE Hyx) Hax (Hall _ Hy E).
  by case: eqP => // Ec; rewrite (alone_same Hx Hy Hax (esym Ec)) eqxx in Hyx.
have Hwx : c' w != c' x by apply/eqP => E; have := Hnone _ Hx (esym E); rewrite Hax.
have H2 : outer o n d c' A x <= 2%:R.
  apply: (outer_le_const Hx Hw Hwx) => z Hz E; rewrite /d (negbTE (Hnone _ Hz E)) andbF.
  by case: ifP => _; rewrite ?ler0n //; case: ifP => _; rewrite ?ler1n.
apply: (le_lt_trans (score_le Hx Ha' (ltW far_gt0) H1 H2)).
by rewrite score_above ?two_gt0 ?ler_addl ?(ltW T) // subr_lt0 ltr_pdivr_mulr ?far_gt0 // mul1r ltr_addl.
Qed.

Lemma some_together : exists2 w, (w < n)%N & ~~ alone n c w.
Proof.
case: Hc; case E: (within n c) => [//|p s] _ _.
have /within_inside [H1 H2 H3 /eqP H4] : p \in within n c by rewrite E mem_head.
by exists p.1 => //; apply: contraNN H3 => H; rewrite (alone_same H1 H2 H (esym H4)).
Qed.

Lemma rival_total : total o (scored c') (points n) < total o own_score (points n).
Proof.
have [_ He1] := andP He.
have mem z : (z \in points n) = (z < n)%N by rewrite mem_iota.
case: (boolP (has (fun x => ~~ alone n c x && has (fun z => (c' z == c' x) && (c z != c x)) (points n)) (points n))).
  move=> /hasP [x Hx /andP [Hax /hasP [z Hz /andP [/eqP E Hzx]]]]; rewrite !mem in Hx Hz.
  exact: (outweighed Hx Hax (score_company Hx Hz Hax E Hzx)).
move=> /hasPn H.
have company x z : (x < n)%N -> (z < n)%N -> ~~ alone n c x -> c' z = c' x -> c z = c x.
  move=> Hx Hz Hax E; apply/eqP; have := H x; rewrite mem Hx Hax => /(_ isT) /hasPn /(_ z).
  by rewrite mem Hz E eqxx => /(_ isT); rewrite negbK.
case: (boolP (has (fun x => ~~ alone n c x && has (fun y => (c' y != c' x) && (c y == c x)) (points n)) (points n))).
  move=> /hasP [x Hx /andP [Hax /hasP [y Hy /andP [Hyx /eqP E]]]]; rewrite !mem in Hx Hy.
  have Hay : ~~ alone n c y by rewrite (alone_cluster n E).
  apply: (outweighed Hx Hax); apply: (@le_trans _ _ 0); last first.
    by rewrite subr_ge0 ler_pdivr_mulr ?two_gt0 // mul1r -[2%:R]/(1 + 1) ler_add2l.
  by apply: (score_cut Hx Hy Hyx) => z Hz Ez; rewrite -E; apply: company.
move=> /hasPn H'.
have whole x y : (x < n)%N -> (y < n)%N -> ~~ alone n c x -> c y = c x -> c' y = c' x.
  move=> Hx Hy Hax E; apply/eqP; have := H' x; rewrite mem Hx Hax => /(_ isT) /hasPn /(_ y).
  by rewrite mem Hy E eqxx andbT => /(_ isT); rewrite negbK.
have [w Hw Haw] := some_together.
have low x : (x < n)%N -> alone n c x -> ~~ alone n c' x -> scored c' x < 0.
  move=> Hx Hax Ha'; apply: (score_singletons Hx Hw) => // [y Hy E|z Hz E].
    case Hay : (alone n c y) => //; have := alone_cluster n (company _ _ Hy Hx (negbT Hay) (esym E)).
    by rewrite Hax Hay.
  by rewrite (alone_cluster n (company _ _ Hw Hz Haw E)).
have [x [y [Hx Hy Hxy E E']]] : exists x y, [/\ (x < n)%N, (y < n)%N, x != y, c x != c y & c' x = c' y].
  case: (differing_pair Hneq) => [[p Hp /eqP E]|[p Hp E]].
    have [H1 H2 H3 H4] := between_across Hp; case/negP: H4; apply/eqP/esym/whole => //.
    by apply: contraNN H3 => Hap; rewrite (alone_same H1 H2 Hap (esym E)).
  by have [H1 H2 H3 /eqP H4] := within_inside Hp; exists p.1, p.2.
have Hax : alone n c x by apply: contraT => Hax; rewrite (company _ _ Hx Hy Hax (esym E')) eqxx in E.
have Ha' : ~~ alone n c' x by apply: contraNN Hxy => Ha'; rewrite (alone_same Hx Hy Ha' (esym E')).
apply: (@total_lt _ _ _ _ _ x); first by rewrite mem.
  move=> z; rewrite mem => Hz; rewrite /own_score; case: ifP => [Haz|/negbT]; last exact: score_together.
  case Haz' : (alone n c' z); first by rewrite /scored Haz'.
  exact/ltW/(low _ Hz Haz (negbT Haz')).
by rewrite /own_score Hax; apply: low.
Qed.

Lemma silhouette_rival : silhouette_by o n d c' A < silhouette_by o n d c A.
Proof.
rewrite silhouette_own; apply: mean_of_totals; last exact: rival_total.
by case: n Hc => // -[].
Qed.

End Rival.

End Rich.

Lemma richness A : sound A -> strict A -> rich (@strictly_higher R) (fun n d c => silhouette_by o n d c A).
Proof.
move=> HA Hstrict n c Hc; have [e He Hlift] := Hstrict n.
exists (near_and_far n c e); first exact: near_and_far_distance.
by move=> c' Hc' Hneq; apply: silhouette_rival.
Qed.

Theorem silhouette_rich : rich (@strictly_higher R) (silhouette o).
Proof. exact: (richness (mean_sound R) (mean_strict R)). Qed.

Theorem generalized_silhouette_rich : rich (@strictly_higher R) (generalized_silhouette o).
Proof. exact: (richness (harmonic_mean_sound R) (harmonic_mean_strict R)). Qed.

End Singletons.
