"""What districts and providers report in October and June."""
